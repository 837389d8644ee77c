using FFSplit.Modeling.Interpreter;
using static TorchSharp.torch;

namespace FFSplit.Compression.LowRank;

/// <summary>The best approximation of a matrix at a rank in the Frobenius norm (Eckart, Young), the paper's plain SVD.</summary>
public static class TruncatedSvd
{
    /// <summary>Factors W (out × in) ≈ Second · First with First (rank × in), Second (out × rank), √σ to each.</summary>
    /// <remarks>
    /// Computed in float64 from the smaller Gram matrix: with W Wᵀ = P Λ Pᵀ the factors are P_r Λ_r^¼ and Λ_r^-¼ P_rᵀ W.
    /// The projection P_r P_rᵀ W is exact whatever the scale, so only directions without any energy are set to zero.
    /// </remarks>
    /// <returns>The factors in float64, and the part of ‖W‖² that is lost.</returns>
    public static (Tensor First, Tensor Second, double RelativeError) Factor(Tensor matrix, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rank, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rank, Math.Min(matrix.shape[0], matrix.shape[1]));
        using var scope = NewDisposeScope();
        var wide = matrix.to(ScalarType.Float64);
        var transposed = wide.shape[0] > wide.shape[1];
        if (transposed) wide = wide.t();
        var (values, vectors) = linalg.eigh(wide.matmul(wide.t()));
        var size = values.shape[0];
        var top = vectors.narrow(1, size - rank, rank).flip(1);
        var energies = values.narrow(0, size - rank, rank).flip(0).AtLeast(0);
        var total = values.AtLeast(0).sum();
        // Below the rounding of the Gram matrix there is nothing but noise.
        var floor = energies[0].Times(size * 2.2e-16);
        var scale = energies.Power(0.25);
        var inverse = where(energies.gt(floor), scale.reciprocal(), zeros_like(scale));
        scale = where(energies.gt(floor), scale, zeros_like(scale));
        var outer = top * scale;
        var inner = (top * inverse).t().matmul(wide);
        var error = 1 - (energies.sum() / total.AtLeast(double.Epsilon)).item<double>();
        var (first, second) = transposed ? (outer.t().contiguous(), inner.t().contiguous()) : (inner.contiguous(), outer.contiguous());
        return (first.MoveToOuterDisposeScope(), second.MoveToOuterDisposeScope(), Math.Max(0, error));
    }
}
