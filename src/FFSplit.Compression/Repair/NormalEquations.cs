using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>What least squares needs of features H (tokens × f) and targets Y (tokens × d): Hᵀ H, Hᵀ Y, Σ Y², float64.</summary>
/// <remarks>The error of any weights on the tokens that were added follows from these alone, without another pass.</remarks>
sealed class NormalEquations : IDisposable
{
    /// <param name="features">f.</param>
    /// <param name="outputs">d.</param>
    public NormalEquations(int features, int outputs)
    {
        Gram = zeros([features, features], dtype: ScalarType.Float64);
        Cross = zeros([features, outputs], dtype: ScalarType.Float64);
    }

    /// <summary>Hᵀ H, (f × f).</summary>
    public Tensor Gram { get; }

    /// <summary>Hᵀ Y, (f × d).</summary>
    public Tensor Cross { get; }

    /// <summary>Σ Y².</summary>
    public double TargetEnergy { get; private set; }

    /// <summary>Tokens added.</summary>
    public long Tokens { get; private set; }

    /// <summary>Adds tokens; H and Y are float64.</summary>
    public void Add(Tensor features, Tensor targets)
    {
        using var scope = NewDisposeScope();
        var transposed = features.t();
        Gram.addmm_(transposed, features, 1, 1);
        Cross.addmm_(transposed, targets, 1, 1);
        TargetEnergy += targets.square().sum().item<double>();
        Tokens += features.shape[0];
    }

    /// <summary>‖Y − H W‖² / ‖Y‖² for weights W (f × d), float64.</summary>
    public double RelativeError(Tensor weights)
    {
        using var scope = NewDisposeScope();
        var squared = TargetEnergy - 2 * (Cross * weights).sum().item<double>() + (Gram.matmul(weights) * weights).sum().item<double>();
        return Math.Max(0, squared) / Math.Max(TargetEnergy, double.Epsilon);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Gram.Dispose();
        Cross.Dispose();
    }
}
