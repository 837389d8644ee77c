namespace FFSplit.Evaluation.Samples;

/// <summary>All the text of a file or folder as one string: what a causal model is measured and calibrated on.</summary>
/// <param name="Text">Not blank.</param>
/// <param name="Files">The files read, in the order joined.</param>
/// <param name="Notices">Sentences that the user should see: files passed over, empty texts left out.</param>
public sealed record JoinedText(string Text, IReadOnlyList<string> Files, IReadOnlyList<string> Notices);
