using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;

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
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="BadUsageException">The folder exists and <paramref name="force"/> is not set.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static void Write(Checkpoint checkpoint, CompressionPlan plan, string output, DType? type, bool force,
        IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        DenseModel.Require(checkpoint);
        PlanFile.CheckFits(plan, checkpoint, "The plan");
        AtomicFolder.EnsureApart(checkpoint.Folder, output);
        using var folder = AtomicFolder.Create(output, force);
        var target = folder.WorkFolder;
        FolderCopy.AllButWeights(checkpoint.Folder, target, except: ["config.json", SplitRecord.FileName], cancellation);

        var blocks = checkpoint.Architecture.Blocks;
        var errors = new IReadOnlyDictionary<string, double>[blocks.Count];
        var cache = new BlockCache(blocks.Count, i =>
        {
            var split = LayerSplitter.Split(checkpoint, blocks[i].FeedForward, plan.Layers[i], TypeOf(checkpoint, i, type));
            errors[i] = split.Errors;
            return split.Tensors;
        }, progress, cancellation);
        ShardedSafetensors.Write(target, SplitHeader.WeightsName, Tensors(checkpoint, plan, type, cache), metadata: new Dictionary<string, string> { ["format"] = "ffsplit" });
        AtomicFile.WriteAllText(Path.Combine(target, "config.json"), SplitConfig.Format(checkpoint, plan));
        AtomicFile.WriteAllText(Path.Combine(target, SplitRecord.FileName), SplitRecord.Format(checkpoint, plan, type, errors));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
    }

    /// <summary>Bytes of all tensors that <see cref="Write"/> would write, file headers left out.</summary>
    public static long TensorBytes(Checkpoint checkpoint, CompressionPlan plan, DType? type)
        => Tensors(checkpoint, plan, type, new BlockCache(0, _ => throw new InvalidOperationException("Only sizes are asked for."), null, default)).Sum(t => t.ByteCount);

    static IEnumerable<TensorData> Tensors(Checkpoint checkpoint, CompressionPlan plan, DType? type, BlockCache cache)
    {
        foreach (var tensor in OutsideFeedForward(checkpoint)) yield return tensor;
        foreach (var block in checkpoint.Architecture.Blocks)
            foreach (var (name, shape) in LayerSplitter.Describe(block.FeedForward, plan.Layers[block.Index]))
                yield return cache.Defer(block.Index, name, TypeOf(checkpoint, block.Index, type), shape);
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
