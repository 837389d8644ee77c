using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Compression.Methods;

/// <summary>Heavy neurons whole, the light ones as a linear map of the FFN's input of rank round(d / 4), which only a fit can fill.</summary>
sealed class LinearLightMethod : ICompressionMethod
{
    public string Name => "linear-light";

    public string Description => "keeps the heavy neurons whole and fits a low-rank linear map of the input in place of the light ones";

    public SplitLayer Divide(FeedForwardShape shape, SplitSizes sizes)
    {
        var heavy = sizes.HeavyCount(shape);
        if (heavy == shape.IntermediateSize) return new SplitLayer(heavy, LightKind.None, 0);
        var rank = Math.Max(1, (int)Math.Round(shape.HiddenSize / 4.0, MidpointRounding.AwayFromZero));
        return With(sizes.Match ? shape.LargestWithin(0, shape.IntermediateSize - 1, shape.Parameters(sizes.Paper(shape)), With) : heavy);

        SplitLayer With(int count) => new(count, LightKind.Linear, rank);
    }
}
