using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>Which operators stand for the parts of a model that some runtimes have fused kernels for.</summary>
interface IOperatorSet
{
    /// <summary>σ(x + bias).</summary>
    Value Activate(Emission emission, Activation activation, Value x, Value? bias);

    /// <summary>A normalisation of a sum over the last axis, and the sum itself.</summary>
    (Value Normed, Value Total) Normalize(Emission emission, Norm norm, Residual sum);

    /// <summary>Token vectors + positions + types, then the norm, where there is one; the token projection is part of it, the last
    /// projection is not.</summary>
    Value Embed(Emission emission, Embeddings embeddings);

    /// <summary>Self-attention up to its output projection.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="block">The block.</param>
    /// <param name="x">(batch × sequence × hidden size).</param>
    /// <returns>(batch × sequence × heads · head size).</returns>
    Value Attend(Emission emission, Block block, Value x);

    /// <summary>x Wᵀ.</summary>
    /// <param name="emission">The graph so far.</param>
    /// <param name="x">(batch × sequence × in), or (batch × in).</param>
    /// <param name="weight">(out × in).</param>
    Value ProductTransposed(Emission emission, Value x, Value weight);
}
