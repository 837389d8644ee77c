namespace FFSplit.Evaluation.Samples;

/// <summary>What was read from a file or folder.</summary>
/// <param name="Samples">At least one sample.</param>
/// <param name="Files">The files read, in the order read.</param>
/// <param name="Notices">Sentences that the user should see: files passed over, empty texts left out.</param>
public sealed record SampleSet(IReadOnlyList<Sample> Samples, IReadOnlyList<string> Files, IReadOnlyList<string> Notices);
