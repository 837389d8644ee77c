namespace FFSplit.Checkpoints.Batches;

/// <summary>What one row of a batch is made from: a text, or a text and its pair.</summary>
/// <param name="Text">The text.</param>
/// <param name="Pair">The second text; null for none.</param>
public readonly record struct TextInput(string Text, string? Pair = null);
