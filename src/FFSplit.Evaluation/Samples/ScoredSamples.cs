namespace FFSplit.Evaluation.Samples;

/// <summary>Samples of which each has a number.</summary>
/// <param name="Samples">At least one.</param>
/// <param name="Scores">The number of each sample, finite.</param>
/// <param name="Notices">Sentences that the user should see.</param>
public sealed record ScoredSamples(IReadOnlyList<Sample> Samples, IReadOnlyList<double> Scores, IReadOnlyList<string> Notices)
{
    /// <summary>Refuses what neither teaches nor judges anything.</summary>
    /// <param name="path">Where the data is, for the message.</param>
    /// <exception cref="Checkpoints.BadInputException">All samples have one score.</exception>
    public void RequireTwoScores(string path)
    {
        if (Scores.Distinct().Count() < 2) throw DataErrors.OneScore(path);
    }
}
