using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Dropping;

/// <summary>What a block's residual and FFN output should add up to, so that the block's output is what is wanted.</summary>
/// <remarks>
/// Without a norm behind the sum that is what is wanted itself. A post-norm block gives γ ∘ n + β with n the sum normalised over the
/// hidden size, and what is wanted came out of another block's norm, with another γ and β: the sum before that norm says nothing about
/// this one. So the wanted output goes back through this block's own norm: n* = (wanted − β) / γ. The norm takes the same n from any sum
/// a · n* + b with a > 0, token by token; of these the one is taken that has the mean and the deviation of the sum as it is, so that the
/// fit has nothing to do but turn it, and stays near the original weights.
/// </remarks>
static class WantedSum
{
    // A channel that γ nearly blocks would have to become huge for nothing: below this part of the mean γ² it is left as it is.
    const double Floor = 1e-3;

    /// <param name="block">The block.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="sum">Residual and FFN output as they are, (… × hidden size).</param>
    /// <param name="wanted">The block's output as it should be, same shape.</param>
    public static Tensor Of(Block block, IWeightSource weights, Tensor sum, Tensor wanted)
    {
        if (block.Layout != ResidualLayout.PostNorm) return wanted;
        if (block.FeedForwardNorm is not Norm.Layer norm)
            throw new ArgumentOutOfRangeException(nameof(block), block.FeedForwardNorm, "No family has this norm behind a sum.");
        // The norm's own epsilon would shrink the deviation that is to be kept.
        var plain = norm with { Weight = null, Bias = null, Epsilon = 1e-12 };
        var step = wanted.Minus(Forward.Norm(norm, weights, sum));
        if (norm.Weight is { } weight)
        {
            var gamma = weights[weight];
            step *= gamma / gamma.square().Plus(gamma.square().mean().Times(Floor));
        }
        var mean = sum.mean([-1L], keepdim: true);
        var deviation = sum.Minus(mean).square().mean([-1L], keepdim: true).sqrt();
        return mean.Plus(deviation * Forward.Norm(plain, weights, Forward.Norm(plain, weights, sum).Plus(step)));
    }
}
