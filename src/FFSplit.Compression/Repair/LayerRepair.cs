namespace FFSplit.Compression.Repair;

/// <summary>What the repair of one layer did, on the held-out tokens: errors ‖y* − y‖² / ‖y*‖² of the FFN's output.</summary>
/// <param name="Before">Of the raw split.</param>
/// <param name="After">Of the repaired one.</param>
/// <param name="Kept">Whether the repaired weights are used: only where their error is smaller.</param>
/// <param name="Ridge">The chosen part of the mean diagonal.</param>
/// <param name="Features">Unknowns of each output.</param>
/// <param name="Tokens">Fitted on.</param>
/// <param name="HeldOutTokens">Judged by.</param>
/// <param name="Floored">Whether a matrix was not positive definite, so that directions were left out.</param>
public sealed record LayerRepair(double Before, double After, bool Kept, double Ridge, int Features, long Tokens, long HeldOutTokens,
    bool Floored);
