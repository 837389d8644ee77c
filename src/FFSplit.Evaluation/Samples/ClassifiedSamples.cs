using FFSplit.Evaluation.Labels;

namespace FFSplit.Evaluation.Samples;

/// <summary>Samples of which each has one of some labels.</summary>
/// <param name="Samples">At least one.</param>
/// <param name="Labels">The label of each sample, a position in <see cref="Set"/>.</param>
/// <param name="Set">The labels that there are.</param>
/// <param name="Notices">Sentences that the user should see.</param>
public sealed record ClassifiedSamples(IReadOnlyList<Sample> Samples, IReadOnlyList<int> Labels, LabelSet Set,
    IReadOnlyList<string> Notices);
