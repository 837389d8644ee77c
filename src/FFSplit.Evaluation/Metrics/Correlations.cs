namespace FFSplit.Evaluation.Metrics;

/// <summary>Pearson's and Spearman's correlation of two series on resamples of their pairs: sorted once, so that each resample costs one
/// pass.</summary>
/// <remarks>On the whole data the two are those of <see cref="Pearson"/> and <see cref="Spearman"/>.</remarks>
public sealed class Correlations
{
    readonly double[] _x, _y;
    readonly int[] _orderX, _orderY;
    readonly bool _usable;

    /// <summary>Keeps and sorts the series.</summary>
    /// <exception cref="ArgumentException">Series of different length.</exception>
    public Correlations(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        _usable = Paired.AreUsable(x, y);
        (_x, _y) = (x.ToArray(), y.ToArray());
        (_orderX, _orderY) = (Order(_x), Order(_y));
    }

    /// <summary>Pearson's correlation where pair i is taken counts[i] times; NaN as <see cref="Metrics.Pearson"/> says.</summary>
    public double Pearson(ReadOnlySpan<int> counts) => _usable ? Weighted(_x, _y, counts) : double.NaN;

    /// <summary>Spearman's correlation where pair i is taken counts[i] times; NaN as <see cref="Metrics.Spearman"/> says.</summary>
    public double Spearman(ReadOnlySpan<int> counts) =>
        _usable ? Weighted(Ranks(_x, _orderX, counts), Ranks(_y, _orderY, counts), counts) : double.NaN;

    // A value taken n times takes n places, and equal values share the mean of all their places.
    static double[] Ranks(double[] values, int[] order, ReadOnlySpan<int> counts)
    {
        Weights.Check(counts, values.Length);
        var ranks = new double[values.Length];
        long before = 0;
        for (var first = 0; first < order.Length;)
        {
            var (end, places) = (first, 0L);
            while (end < order.Length && values[order[end]] == values[order[first]]) places += counts[order[end++]];
            var rank = before + (1 + places) / 2.0;
            for (var i = first; i < end; i++) ranks[order[i]] = rank;
            (before, first) = (before + places, end);
        }
        return ranks;
    }

    static double Weighted(double[] x, double[] y, ReadOnlySpan<int> counts)
    {
        Weights.Check(counts, x.Length);
        double total = 0, meanX = 0, meanY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            total += counts[i];
            meanX += counts[i] * x[i];
            meanY += counts[i] * y[i];
        }
        (meanX, meanY) = (meanX / total, meanY / total);
        double xy = 0, xx = 0, yy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            var (dx, dy) = (x[i] - meanX, y[i] - meanY);
            xy += counts[i] * dx * dy;
            xx += counts[i] * dx * dx;
            yy += counts[i] * dy * dy;
        }
        return Math.Clamp(xy / (Math.Sqrt(xx) * Math.Sqrt(yy)), -1, 1);
    }

    static int[] Order(double[] values)
    {
        var order = new int[values.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(values.ToArray(), order);
        return order;
    }
}
