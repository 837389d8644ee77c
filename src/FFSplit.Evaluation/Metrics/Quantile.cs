namespace FFSplit.Evaluation.Metrics;

/// <summary>Quantiles with linear interpolation between neighbours, as numpy.quantile.</summary>
public static class Quantile
{
    /// <summary>The value below which a share of the values lies; NaN for none.</summary>
    /// <param name="sorted">Ascending, finite.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double OfSorted(ReadOnlySpan<double> sorted, double share)
    {
        if (sorted.IsEmpty) return double.NaN;
        var place = share * (sorted.Length - 1);
        var below = (int)Math.Floor(place);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
