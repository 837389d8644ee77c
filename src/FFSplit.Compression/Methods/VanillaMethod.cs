using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Compression.Methods;

/// <summary>The paper's baseline: the whole FFN as low-rank factors, no split.</summary>
sealed class VanillaMethod : ICompressionMethod
{
    public string Name => "vanilla";

    public string Description => "factors the whole FFN by SVD, without a split";

    public SplitLayer Divide(FeedForwardShape shape, SplitSizes sizes) => Ranked(sizes.Match
        ? shape.LargestWithin(1, Math.Min(shape.HiddenSize, shape.IntermediateSize), shape.Parameters(sizes.Paper(shape)), Ranked)
        : sizes.LightRank(shape, heavy: 0));

    static SplitLayer Ranked(int rank) => new(0, LightKind.LowRank, rank);
}
