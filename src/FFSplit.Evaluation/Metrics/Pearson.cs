namespace FFSplit.Evaluation.Metrics;

/// <summary>Pearson's correlation, Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² · Σ (y − ȳ)²), as scipy.stats.pearsonr.</summary>
public static class Pearson
{
    /// <summary>From −1 to 1; NaN for fewer than two pairs, a constant series, or a value that isn't finite.</summary>
    /// <exception cref="ArgumentException">Series of different length.</exception>
    public static double Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (!Paired.AreUsable(x, y)) return double.NaN;
        var (meanX, meanY) = (Mean(x), Mean(y));
        double xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xy += dx * dy;
            xx += dx * dx;
            yy += dy * dy;
        }
        // 0 / 0 for a constant series is NaN, as it should be; two roots, for the product of the sums may overflow.
        return Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
    }

    static double Mean(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }
}
