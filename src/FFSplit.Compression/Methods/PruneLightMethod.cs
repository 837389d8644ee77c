using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Compression.Methods;

/// <summary>The light neurons are dropped; at equal size more neurons are heavy than in the paper's split.</summary>
sealed class PruneLightMethod : ICompressionMethod
{
    public string Name => "prune-light";

    public string Description => "drops the light neurons";

    public SplitLayer Divide(FeedForwardShape shape, SplitSizes sizes) => Kept(sizes.Match
        ? shape.LargestWithin(0, shape.IntermediateSize, shape.Parameters(sizes.Paper(shape)), Kept)
        : sizes.HeavyCount(shape));

    static SplitLayer Kept(int heavy) => new(heavy, LightKind.None, 0);
}
