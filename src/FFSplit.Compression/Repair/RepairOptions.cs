using FFSplit.Compression.Calibration;

namespace FFSplit.Compression.Repair;

/// <summary>What a repair works with.</summary>
/// <param name="Calibration">Tokens to fit and to judge by.</param>
/// <param name="Options">How.</param>
public sealed record RepairInput(CalibrationSet Calibration, RepairOptions Options);

/// <summary>How a split is repaired in closed form.</summary>
public sealed record RepairOptions
{
    /// <summary>Ridges to choose from by the held-out tokens, as parts of the mean diagonal of Hᵀ H.</summary>
    public IReadOnlyList<double> Ridges { get; init; } = [1e-4, 1e-3, 1e-2, 1e-1];

    /// <summary>Further ridges where there are fewer tokens than <see cref="TokensPerFeature"/> times the features.</summary>
    public IReadOnlyList<double> StrongRidges { get; init; } = [1, 10];

    /// <summary>Tokens that a feature should have; fewer are warned of.</summary>
    public int TokensPerFeature { get; init; } = 5;

    /// <summary>Bytes of hidden states above which they lie in a scratch file.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;
}

/// <summary>What the repair of one layer did, on the held-out tokens: errors ‖y* − y‖² / ‖y*‖² of the FFN's output.</summary>
/// <param name="Before">Of the raw split.</param>
/// <param name="After">Of the repaired one.</param>
/// <param name="Kept">Whether the repaired weights are used: only where their error is smaller.</param>
/// <param name="Ridge">The chosen part of the mean diagonal.</param>
/// <param name="Features">Unknowns of each output.</param>
/// <param name="Tokens">Fitted on.</param>
/// <param name="HeldOutTokens">Judged by.</param>
/// <param name="Floored">Whether a matrix was not positive definite, so that directions were left out.</param>
public sealed record LayerRepair(double Before, double After, bool Kept, double Ridge, int Features, long Tokens, long HeldOutTokens, bool Floored);
