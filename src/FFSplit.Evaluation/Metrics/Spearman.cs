namespace FFSplit.Evaluation.Metrics;

/// <summary>Spearman's rank correlation: Pearson's of the average ranks, as scipy.stats.spearmanr.</summary>
public static class Spearman
{
    /// <summary>From −1 to 1; NaN for fewer than two pairs, a constant series, or a value that isn't finite.</summary>
    /// <exception cref="ArgumentException">Series of different length.</exception>
    public static double Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y) =>
        Paired.AreUsable(x, y) ? Pearson.Correlation(Ranks.Average(x), Ranks.Average(y)) : double.NaN;
}
