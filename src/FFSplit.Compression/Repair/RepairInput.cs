using FFSplit.Compression.Calibration;

namespace FFSplit.Compression.Repair;

/// <summary>What a repair works with.</summary>
/// <param name="Calibration">Tokens to fit and to judge by.</param>
/// <param name="Options">How.</param>
public sealed record RepairInput(CalibrationSet Calibration, RepairOptions Options)
{
    /// <summary>
    /// Whether finished blocks stay in a folder beside the output when the repair is broken off, and the same repair goes on from there;
    /// otherwise nothing stays, and what another one has left is thrown away.
    /// </summary>
    public bool Resumable { get; init; }

    /// <summary>Told before the walk begins when an unfinished repair goes on.</summary>
    public Action<string>? Notify { get; init; }
}
