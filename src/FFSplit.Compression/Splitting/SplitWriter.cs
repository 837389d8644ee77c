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
    /// <param name="cancellation">Leaves nothing behind but, where it is resumable, the finished part of a repair.</param>
    /// <returns>What repair did in each layer; null where there was none.</returns>
    /// <exception cref="BadUsageException">The folder exists and <paramref name="force"/> is not set, plan and <paramref name="repair"/>
    /// contradict each other, or an unfinished repair was begun with something else.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static IReadOnlyList<LayerRepair?>? Write(Checkpoint checkpoint, CompressionPlan plan, string output, DType? type, bool force,
        IProgress<ProgressReport>? progress = null, RepairInput? repair = null, CancellationToken cancellation = default)
    {
        if (plan.Repair != repair is not null)
            throw new BadUsageException(plan.Repair ? "The plan is one with repair: give --data to fit on."
                : "The plan is one without repair: leave out --repair, or plan with it.");
        DenseModel.Require(checkpoint);
        PlanFile.CheckFits(plan, checkpoint, "The plan");
        AtomicFolder.EnsureApart(checkpoint.Folder, output);
        var blocks = checkpoint.Architecture.Blocks;
        using var finished = repair is null ? null : Repair(checkpoint, plan, output, type, force, repair, progress, cancellation);

        using var folder = AtomicFolder.Create(output, force);
        var target = folder.WorkFolder;
        FolderCopy.AllButWeights(checkpoint.Folder, target, except: ["config.json", SplitRecord.FileName], cancellation);
        var errors = new IReadOnlyDictionary<string, double>[blocks.Count];
        var repairs = new LayerRepair?[blocks.Count];
        var cache = new BlockCache(blocks.Count, i =>
        {
            var (dense, layer) = (blocks[i].FeedForward, plan.Layers[i]);
            var block = finished is null
                ? new RepairedBlock(LayerSplitter.Split(checkpoint, dense, layer, TypeOf(checkpoint, i, type)), null)
                : finished.Find(i, SplitFeedForward.Of(dense, layer, intercept: true))!;
            (errors[i], repairs[i]) = (block.Split.Errors, block.Report);
            return block.Split.Tensors;
        }, progress, cancellation);
        ShardedSafetensors.Write(target, SplitHeader.WeightsName, Tensors(checkpoint, plan, type, cache),
            metadata: new Dictionary<string, string> { ["format"] = "ffsplit" });
        AtomicFile.WriteAllText(Path.Combine(target, "config.json"), SplitConfig.Format(checkpoint, plan));
        AtomicFile.WriteAllText(Path.Combine(target, SplitRecord.FileName),
            SplitRecord.Format(checkpoint, plan, type, errors, repair is null ? null : repairs));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
        finished?.Remove();
        return repair is null ? null : repairs;
    }

    /// <summary>Bytes of all tensors that <see cref="Write"/> would write, file headers left out.</summary>
    public static long TensorBytes(Checkpoint checkpoint, CompressionPlan plan, DType? type)
        => OutsideFeedForward(checkpoint).Sum(t => t.ByteCount) + BlockBytes(checkpoint, plan, type);

    /// <summary>Bytes of the FFNs' tensors among them, which a repair keeps beside the output until that stands.</summary>
    internal static long BlockBytes(Checkpoint checkpoint, CompressionPlan plan, DType? type)
        => InFeedForward(checkpoint, plan, type, new BlockCache(0, _ => throw new InvalidOperationException("Only sizes are asked for."),
            null, default)).Sum(t => t.ByteCount);

    // Before the output's folder is begun, so that nothing but the finished blocks is left where the process is killed.
    static RepairFolder Repair(Checkpoint checkpoint, CompressionPlan plan, string output, DType? type, bool force, RepairInput repair,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        // Begun and given up: whether the output can be made is known before the long part.
        AtomicFolder.Create(output, force).Dispose();
        var folder = new RepairFolder(RepairFolder.PathFor(output), RepairFingerprint.Of(checkpoint, plan, type, repair), repair.Resumable);
        try
        {
            if (folder.Finished > 0)
                repair.Notify?.Invoke($"The unfinished repair in {folder.Path} goes on after {folder.Finished} of "
                    + $"{checkpoint.Architecture.Blocks.Count} blocks.");
            RepairWalk.Run(checkpoint, plan, repair, i => TypeOf(checkpoint, i, type), folder, progress, cancellation);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    static IEnumerable<TensorData> Tensors(Checkpoint checkpoint, CompressionPlan plan, DType? type, BlockCache cache)
        => OutsideFeedForward(checkpoint).Concat(InFeedForward(checkpoint, plan, type, cache));

    static IEnumerable<TensorData> InFeedForward(Checkpoint checkpoint, CompressionPlan plan, DType? type, BlockCache cache)
        => checkpoint.Architecture.Blocks.SelectMany(
            block => SplitFeedForward.Of(block.FeedForward, plan.Layers[block.Index], plan.Repair).Bindings,
            (block, binding) => cache.Defer(block.Index, binding.Name, TypeOf(checkpoint, block.Index, type),
                [.. binding.Shape.Select(s => (long)s)]));

    /// <summary>Every tensor of a checkpoint that belongs to no FFN, without second copies of tied ones.</summary>
    internal static IEnumerable<TensorData> OutsideFeedForward(Checkpoint checkpoint)
    {
        var inside = checkpoint.Architecture.Blocks.SelectMany(b => b.FeedForward.Bindings).Select(b => b.Name)
            .Concat(checkpoint.RepeatedTensors).ToHashSet(StringComparer.Ordinal);
        return checkpoint.StoredTensors.Values.Where(t => !inside.Contains(t.Name));
    }

    static DType TypeOf(Checkpoint checkpoint, int block, DType? type)
        => type ?? checkpoint.Tensor(checkpoint.Architecture.Blocks[block].FeedForward.Dense.Up.Weight).Type;
}
