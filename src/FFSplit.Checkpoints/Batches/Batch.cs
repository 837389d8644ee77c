namespace FFSplit.Checkpoints.Batches;

/// <summary>Encoded texts, padded to one length: what a model runs on. All arrays are row-major (rows × length).</summary>
/// <param name="Rows">How many texts.</param>
/// <param name="Length">Tokens of each row, padding included.</param>
/// <param name="InputIds">Token ids; padding rows hold the pad id.</param>
/// <param name="AttentionMask">1 at real tokens, 0 at padding (on the right).</param>
/// <param name="TokenTypeIds">0 for the first text, 1 for the second; null where the tokenizer has no such ids.</param>
public sealed record Batch(int Rows, int Length, long[] InputIds, long[] AttentionMask, long[]? TokenTypeIds = null)
{
    /// <summary>Real (non-padding) tokens.</summary>
    public long TokenCount { get; } = AttentionMask.Sum();
}
