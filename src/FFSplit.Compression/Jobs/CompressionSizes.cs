using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;

namespace FFSplit.Compression.Jobs;

/// <summary>A number before and after.</summary>
/// <param name="Before">Of the dense model.</param>
/// <param name="After">Of the split one.</param>
public sealed record SizeChange(long Before, long After)
{
    /// <summary>What was saved as a fraction of before; negative where it grew.</summary>
    public double Reduction => 1 - (double)After / Before;
}

/// <summary>What a split makes of a model.</summary>
/// <param name="BlockParameters">Parameters of the transformer blocks: what the paper's percentages are of.</param>
/// <param name="ModelParameters">Parameters of the whole model.</param>
/// <param name="MultiplyAccumulates">Of the blocks' linear products on one token.</param>
/// <param name="TensorBytes">Of all tensors in the weight files, headers left out.</param>
/// <param name="Layers">One entry a block.</param>
public sealed record CompressionSizes(SizeChange BlockParameters, SizeChange ModelParameters, SizeChange MultiplyAccumulates,
    SizeChange TensorBytes, IReadOnlyList<LayerSizes> Layers)
{
    internal static CompressionSizes Of(Checkpoint dense, CompressionPlan plan, DType? type)
    {
        var layers = plan.Layers.Select(l => l.Split).ToArray();
        var (before, after) = (ParameterCounts.Of(dense), ParameterCounts.After(dense.Architecture, layers, plan.Repair));
        return new CompressionSizes(
            new SizeChange(before.Blocks, after.Blocks), new SizeChange(before.Total, after.Total),
            new SizeChange(before.MultiplyAccumulatesPerToken, after.MultiplyAccumulatesPerToken),
            new SizeChange(dense.Weights.Tensors.Values.Sum(t => t.ByteCount), SplitWriter.TensorBytes(dense, plan, type)),
            [.. dense.Architecture.Blocks.Select(b => Layer(FeedForwardShape.Of(b.FeedForward, plan.Repair), b.Index, plan.Layers[b.Index]))]);
    }

    static LayerSizes Layer(FeedForwardShape shape, int index, LayerPlan plan)
        => new(index, shape.IntermediateSize, plan.Heavy.Count, plan.Light, plan.Rank,
        new SizeChange(shape.DenseParameters, shape.Parameters(plan.Split)), plan.Why);
}

/// <summary>What a split makes of one FFN.</summary>
/// <param name="Layer">Index of the block.</param>
/// <param name="Neurons">m.</param>
/// <param name="Heavy">Neurons kept whole.</param>
/// <param name="Light">What stands for the others.</param>
/// <param name="Rank">Of the light part; 0 where it has none.</param>
/// <param name="Parameters">Of the FFN.</param>
/// <param name="Why">What the choice of neurons rests on.</param>
public sealed record LayerSizes(int Layer, int Neurons, int Heavy, string Light, int Rank, SizeChange Parameters, string Why);
