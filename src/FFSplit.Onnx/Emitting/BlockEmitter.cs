using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>One transformer block, from residual stream to residual stream.</summary>
static class BlockEmitter
{
    public static Residual Emit(Emission emission, Block block, Residual stream)
    {
        switch (block.Layout)
        {
            case ResidualLayout.PreNorm:
                var (input, total) = Normalize(block.AttentionNorm, stream);
                (input, total) = Normalize(block.FeedForwardNorm, Attend(input).On(total));
                return FeedForward(input).On(total);
            case ResidualLayout.PostNorm:
                var x = stream.Total(emission.Graph);
                x = Normalize(block.AttentionNorm, Attend(x).On(x)).Normed;
                return new Residual(Normalize(block.FeedForwardNorm, FeedForward(x).On(x)).Normed);
            case ResidualLayout.Parallel:
                var (first, both) = Normalize(block.AttentionNorm, stream);
                var second = Normalize(block.FeedForwardNorm, new Residual(both)).Normed;
                return FeedForward(second).On(Attend(first).On(both).Total(emission.Graph));
            default:
                throw Unsupported.Case(block.Layout);
        }

        (Value Normed, Value Total) Normalize(Norm norm, Residual sum) => emission.Operators.Normalize(emission, norm, sum);

        Unbiased Attend(Value x)
        {
            using var scope = emission.Graph.Scope("attention");
            var mixed = emission.Operators.Attend(emission, block, x);
            var output = block.Attention.Output;
            return new Unbiased(emission.Precision.Product(emission, mixed, output.Weight), emission.Bias(output.Bias));
        }

        Unbiased FeedForward(Value x)
        {
            using var scope = emission.Graph.Scope("ffn");
            return FeedForwardEmitter.Emit(emission, block.FeedForward, x);
        }
    }
}
