using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;

namespace FFSplit.Compression.Jobs;

/// <summary>What a repair takes beside an ordinary walk over the blocks, from the model's shapes.</summary>
sealed class RepairCost
{
    readonly (long Features, long Outputs)[] _layers;

    public RepairCost(Checkpoint checkpoint, CompressionPlan plan) => _layers =
    [
        .. checkpoint.Architecture.Blocks.Select(b => (b.FeedForward, Plan: plan.Layers[b.Index]))
            .Where(l => l.Plan.Heavy.Count < l.FeedForward.IntermediateSize)
            .Select(l => (l.Plan.Heavy.Count + 1L + l.Plan.Kind switch
            {
                LightKind.None => 0,
                LightKind.Linear => l.FeedForward.HiddenSize,
                _ => l.FeedForward.IntermediateSize - l.Plan.Heavy.Count,
            }, (long)l.FeedForward.HiddenSize)),
    ];

    /// <summary>float64 matrices of the largest fit: two sets of normal equations, and what solving them takes.</summary>
    public long Bytes => _layers.Select(l => (6 * l.Features * l.Features + 8 * l.Features * l.Outputs) * sizeof(double))
        .DefaultIfEmpty().Max();

    /// <summary>Multiplications of a token in float32: the dense stream passes once, the split one almost twice.</summary>
    public static double Passes(CompressionSizes sizes) => sizes.MultiplyAccumulates.Before + 2.0 * sizes.MultiplyAccumulates.After;

    /// <summary>Multiplications in float64: Gram matrices of all tokens, then a solution and its error for each ridge.</summary>
    public double DoubleProducts(long tokens) => _layers.Sum(l =>
    {
        var (f, d) = ((double)l.Features, (double)l.Outputs);
        return tokens * f * (f + d) + new RepairOptions().Ridges.Count * (f * f * (f + 3 * d) + 20 * d * d * d);
    });
}
