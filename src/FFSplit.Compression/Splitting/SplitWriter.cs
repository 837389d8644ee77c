using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;

namespace FFSplit.Compression.Splitting;

/// <summary>Writes the split checkpoint of a dense model and a plan (docs/format.md), one block in memory at a time.</summary>
public static class SplitWriter
{
    /// <summary>Writes a folder, atomically.</summary>
    /// <param name="checkpoint">A dense model.</param>
    /// <param name="plan">For this model.</param>
    /// <param name="output">The folder to make.</param>
    /// <param name="type">Element type of the FFNs' tensors; null keeps the source's.</param>
    /// <param name="force">Whether an existing model folder may be replaced.</param>
    /// <param name="progress">Counts blocks.</param>
    /// <param name="repair">What a plan with repair is fitted on; null where the plan has none.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <returns>What repair did in each layer; null where there was none.</returns>
    /// <exception cref="BadUsageException">The folder exists and <paramref name="force"/> is not set, or plan and <paramref name="repair"/> contradict each other.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static IReadOnlyList<LayerRepair?>? Write(Checkpoint checkpoint, CompressionPlan plan, string output, DType? type, bool force,
        IProgress<ProgressReport>? progress = null, RepairInput? repair = null, CancellationToken cancellation = default)
    {
        if (plan.Repair != repair is not null)
            throw new BadUsageException(plan.Repair ? "The plan is one with repair: give --data to fit on." : "The plan is one without repair: leave out --repair, or plan with it.");
        DenseModel.Require(checkpoint);
        PlanFile.CheckFits(plan, checkpoint, "The plan");
        AtomicFolder.EnsureApart(checkpoint.Folder, output);
        using var folder = AtomicFolder.Create(output, force);
        var target = folder.WorkFolder;
        FolderCopy.AllButWeights(checkpoint.Folder, target, except: ["config.json", SplitRecord.FileName], cancellation);

        var blocks = checkpoint.Architecture.Blocks;
        var errors = new IReadOnlyDictionary<string, double>[blocks.Count];
        LayerRepair?[]? repairs = null;
        using var store = repair is null ? null : new BlockStore(Path.Combine(target, ".blocks"));
        if (store is not null)
            repairs = RepairWalk.Run(checkpoint, plan, repair!.Calibration, i => TypeOf(checkpoint, i, type), repair.Options, (block, split) =>
            {
                errors[block.Index] = split.Errors;
                store.Put(block.Index, split);
            }, progress, cancellation);
        var cache = new BlockCache(blocks.Count, i =>
        {
            if (store is not null) return store.Get(i);
            var split = LayerSplitter.Split(checkpoint, blocks[i].FeedForward, plan.Layers[i], TypeOf(checkpoint, i, type));
            errors[i] = split.Errors;
            return split.Tensors;
        }, progress, cancellation);
        ShardedSafetensors.Write(target, SplitHeader.WeightsName, Tensors(checkpoint, plan, type, cache), metadata: new Dictionary<string, string> { ["format"] = "ffsplit" });
        AtomicFile.WriteAllText(Path.Combine(target, "config.json"), SplitConfig.Format(checkpoint, plan));
        AtomicFile.WriteAllText(Path.Combine(target, SplitRecord.FileName), SplitRecord.Format(checkpoint, plan, type, errors, repairs));
        cancellation.ThrowIfCancellationRequested();
        store?.Dispose();
        folder.Commit();
        return repairs;
    }

    /// <summary>Bytes of all tensors that <see cref="Write"/> would write, file headers left out.</summary>
    public static long TensorBytes(Checkpoint checkpoint, CompressionPlan plan, DType? type)
        => Tensors(checkpoint, plan, type, new BlockCache(0, _ => throw new InvalidOperationException("Only sizes are asked for."), null, default)).Sum(t => t.ByteCount);

    static IEnumerable<TensorData> Tensors(Checkpoint checkpoint, CompressionPlan plan, DType? type, BlockCache cache)
    {
        foreach (var tensor in OutsideFeedForward(checkpoint)) yield return tensor;
        foreach (var block in checkpoint.Architecture.Blocks)
            foreach (var binding in SplitFeedForward.Of(block.FeedForward, plan.Layers[block.Index], plan.Repair).Bindings)
                yield return cache.Defer(block.Index, binding.Name, TypeOf(checkpoint, block.Index, type), [.. binding.Shape.Select(s => (long)s)]);
    }

    /// <summary>Every tensor of a checkpoint that belongs to no FFN, without second copies of tied ones.</summary>
    internal static IEnumerable<TensorData> OutsideFeedForward(Checkpoint checkpoint)
    {
        var inside = checkpoint.Architecture.Blocks.SelectMany(b => b.FeedForward.Bindings).Select(b => b.Name)
            .Concat(checkpoint.RepeatedTensors).ToHashSet(StringComparer.Ordinal);
        return checkpoint.Weights.Tensors.Values.Where(t => !inside.Contains(t.Name));
    }

    static DType TypeOf(Checkpoint checkpoint, int block, DType? type) => type ?? checkpoint.Tensor(checkpoint.Architecture.Blocks[block].FeedForward.Dense.Up.Weight).Type;
}
