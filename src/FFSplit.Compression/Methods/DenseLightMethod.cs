using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Compression.Methods;

/// <summary>Heavy and light neurons both whole, in matrices of their own: nothing is lost until a quantisation gives them different bits, as
/// the paper does with OPT.</summary>
sealed class DenseLightMethod : ICompressionMethod
{
    public string Name => "dense-light";

    public string Description => "keeps all neurons, heavy and light in matrices of their own, for a quantisation with different bits";

    public bool RepairedByDefault => false;

    public SplitLayer Divide(FeedForwardShape shape, SplitSizes sizes)
    {
        var heavy = sizes.HeavyCount(shape);
        return new SplitLayer(heavy, heavy == shape.IntermediateSize ? LightKind.None : LightKind.Dense, 0);
    }
}
