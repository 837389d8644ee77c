namespace FFSplit.Evaluation.Samples;

/// <summary>One text to run a model on, as it stands in the data.</summary>
/// <param name="Text">The text; not blank.</param>
/// <param name="Pair">The second text of a pair; null for none.</param>
/// <param name="Label">What the data says about it, as written there; null where no label column was asked for.</param>
public sealed record Sample(string Text, string? Pair = null, string? Label = null);
