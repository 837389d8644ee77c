using FFSplit.Modeling.Interpreter;
using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>
/// Least squares with a rank bound on a part of the weights: the exact minimum over W₁ (free) and W₂ (rank ≤ r) of
/// ‖Y − H₁ W₁ − H₂ W₂‖² + ridge ‖W − W⁰‖², the ridge pulling towards given weights instead of zero.
/// </summary>
/// <remarks>
/// The ridge acts like further rows √ridge of H with √ridge W⁰ as targets. Then, with G = Hᵀ H and R = Hᵀ Y of all rows split at H₁ | H₂:
/// K = G₁₁⁻¹ G₁₂, S = G₂₂ − G₁₂ᵀ K, B = S⁻¹ (R₂ − Kᵀ R₁); with the leading r eigenvectors Z of Bᵀ S B:
/// W₂ = B Z Zᵀ and W₁ = G₁₁⁻¹ (R₁ − G₁₂ W₂).
/// All in float64.
/// </remarks>
static class PartialReducedRank
{
    /// <summary>Solves.</summary>
    /// <param name="equations">Over H = [H₁ | H₂].</param>
    /// <param name="free">Columns of H₁.</param>
    /// <param name="rank">r; 0 where there is no H₂.</param>
    /// <param name="original">W⁰, (f × d).</param>
    /// <param name="ridge">One non-negative number a feature, (f).</param>
    /// <returns>W₁ (free × d) and the factors of W₂ = Left · Right (null without H₂); and whether a matrix had to be floored.</returns>
    public static Solution Solve(NormalEquations equations, int free, int rank, Tensor original, Tensor ridge)
    {
        using var scope = NewDisposeScope();
        var gram = equations.Gram.Plus(diag(ridge));
        var cross = equations.Cross.Plus(ridge.unsqueeze(1) * original);
        var first = new SymmetricSolver(gram.narrow(0, 0, free).narrow(1, 0, free));
        var r1 = cross.narrow(0, 0, free);
        var light = gram.shape[0] - free;
        if (light == 0) return new Solution(first.Solve(r1).MoveToOuterDisposeScope(), null, null, first.Floored);
        var g12 = gram.narrow(0, 0, free).narrow(1, free, light);
        var k = first.Solve(g12);
        var s = gram.narrow(0, free, light).narrow(1, free, light).Minus(g12.t().matmul(k));
        s = s.Plus(s.t()).Over(2);
        var second = new SymmetricSolver(s);
        var b = second.Solve(cross.narrow(0, free, light).Minus(k.t().matmul(r1)));
        var (_, vectors) = linalg.eigh(b.t().matmul(s).matmul(b));
        var z = vectors.narrow(1, vectors.shape[1] - rank, rank).flip(1);
        var left = b.matmul(z);
        var right = z.t().contiguous();
        var w1 = first.Solve(r1.Minus(g12.matmul(left.matmul(right))));
        return new Solution(w1.MoveToOuterDisposeScope(), left.MoveToOuterDisposeScope(), right.MoveToOuterDisposeScope(),
            first.Floored || second.Floored);
    }

    /// <summary>See <see cref="Solve"/>.</summary>
    public sealed record Solution(Tensor Free, Tensor? Left, Tensor? Right, bool Floored) : IDisposable
    {
        public void Dispose()
        {
            Free.Dispose();
            Left?.Dispose();
            Right?.Dispose();
        }
    }
}
