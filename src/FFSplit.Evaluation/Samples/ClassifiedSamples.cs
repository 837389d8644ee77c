using FFSplit.Evaluation.Labels;

namespace FFSplit.Evaluation.Samples;

/// <summary>Samples of which each has one of some labels.</summary>
/// <param name="Samples">At least one.</param>
/// <param name="Labels">The label of each sample, a position in <see cref="Set"/>.</param>
/// <param name="Set">The labels that there are.</param>
/// <param name="Notices">Sentences that the user should see.</param>
public sealed record ClassifiedSamples(IReadOnlyList<Sample> Samples, IReadOnlyList<int> Labels, LabelSet Set,
    IReadOnlyList<string> Notices)
{
    /// <summary>Refuses what neither teaches nor judges anything.</summary>
    /// <param name="path">Where the data is, for the message.</param>
    /// <exception cref="Checkpoints.BadInputException">All samples have one label.</exception>
    public void RequireTwoLabels(string path)
    {
        if (Labels.Distinct().Count() < 2) throw DataErrors.OneLabel(path, Set.Labels[Labels[0]].Name);
    }
}
