using FFSplit.Modeling.Interpreter;
using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>Solves A X = B for a symmetric A that should be positive definite: by Cholesky, else by eigenvalues with a floor.</summary>
sealed class SymmetricSolver
{
    // Directions below this part of the largest eigenvalue are left out.
    const double Floor = 1e-12;

    readonly Tensor? _factor;
    readonly Tensor? _inverse;

    public SymmetricSolver(Tensor matrix)
    {
        var (factor, info) = linalg.cholesky_ex(matrix, check_errors: false);
        if (info.item<int>() == 0 && factor.isfinite().all().item<bool>())
        {
            _factor = factor;
            return;
        }
        Floored = true;
        var (values, vectors) = linalg.eigh(matrix);
        var least = values.max().Times(Floor);
        _inverse = (vectors * where(values.gt(least), values.reciprocal(), zeros_like(values))).matmul(vectors.t());
    }

    /// <summary>Whether A was not positive definite.</summary>
    public bool Floored { get; }

    public Tensor Solve(Tensor right) => _factor is not null ? right.cholesky_solve(_factor, upper: false) : _inverse!.matmul(right);
}
