using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Checkpoints.Splits;

/// <summary>The sizes of a dense FFN, and what a split of it would count.</summary>
/// <param name="HiddenSize">d.</param>
/// <param name="IntermediateSize">m.</param>
/// <param name="Gated">Whether there is G.</param>
/// <param name="InnerBias">Whether U (and G) carry biases.</param>
/// <param name="OutputBias">Whether there is b_v.</param>
public sealed record FeedForwardShape(int HiddenSize, int IntermediateSize, bool Gated, bool InnerBias, bool OutputBias)
{
    /// <summary>The shape of a model's FFN.</summary>
    /// <param name="ffn">The FFN.</param>
    /// <param name="intercept">Whether it gets an output bias where the model has none.</param>
    public static FeedForwardShape Of(FeedForward ffn, bool intercept = false)
        => new(ffn.HiddenSize, ffn.IntermediateSize, ffn.Gated, ffn.Dense.Up.Bias is not null, intercept || ffn.OutputBias is not null);

    long Inputs => Gated ? 2 : 1;

    /// <summary>Parameters of the dense FFN.</summary>
    public long DenseParameters => Parameters(new SplitLayer(IntermediateSize, LightKind.None, 0));

    /// <summary>Parameters of a split: matrices, factors and biases.</summary>
    public long Parameters(SplitLayer split)
    {
        long light = IntermediateSize - split.Heavy;
        return Neurons(split.Heavy) + (OutputBias ? HiddenSize : 0) + split.Light switch
        {
            LightKind.None => 0,
            LightKind.Dense => Neurons(light),
            LightKind.Linear => 2L * HiddenSize * split.Rank,
            LightKind.LowRank => (Inputs + 1) * split.Rank * (HiddenSize + light) + (InnerBias ? Inputs * light : 0),
            _ => throw new ArgumentOutOfRangeException(nameof(split), split.Light, "Not a kind of light part."),
        };
    }

    /// <summary>Multiply-accumulates of the FFN's products on one token.</summary>
    public long MultiplyAccumulates(SplitLayer split) => (this with { InnerBias = false, OutputBias = false }).Parameters(split);

    /// <summary>The largest value in a range for which the count is not above a budget; the lower end where even that is above.</summary>
    /// <param name="from">The lower end.</param>
    /// <param name="to">The upper end, included.</param>
    /// <param name="budget">Parameters.</param>
    /// <param name="split">The split for a value; its count grows with it.</param>
    public int LargestWithin(int from, int to, long budget, Func<int, SplitLayer> split)
    {
        while (from < to)
        {
            var middle = from + (to - from + 1) / 2;
            if (Parameters(split(middle)) <= budget) from = middle;
            else to = middle - 1;
        }
        return from;
    }

    long Neurons(long count) => count * ((Inputs + 1) * HiddenSize + (InnerBias ? Inputs : 0));
}
