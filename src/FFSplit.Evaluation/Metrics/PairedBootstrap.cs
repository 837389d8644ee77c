using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Metrics;

/// <summary>The paired percentile bootstrap (Efron, "Bootstrap methods: another look at the jackknife", 1979): the samples are drawn again
/// with replacement, the same ones for both models, and the difference is computed on each draw; as scipy.stats.bootstrap with paired=True
/// and method="percentile".</summary>
public static class PairedBootstrap
{
    /// <summary>A metric on a resample.</summary>
    /// <param name="counts">How often each unit was drawn.</param>
    public delegate double Metric(ReadOnlySpan<int> counts);

    /// <summary>The interval of a difference.</summary>
    /// <param name="difference">Of the two metrics, on a resample. A resample on which it isn't finite (all drawn samples alike) is left
    /// out; where it isn't finite on the data itself, or on half of the resamples, there is no interval: both ends are NaN.</param>
    /// <param name="units">How many samples (windows, texts) there are.</param>
    /// <param name="options">How many draws, and by which seed.</param>
    /// <param name="cancel">Looked at before each draw.</param>
    public static BootstrapInterval Interval(Metric difference, int units, BootstrapOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(difference);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var counts = new int[units];
        Array.Fill(counts, 1);
        var differences = new List<double>(options.Resamples);
        if (units > 0 && double.IsFinite(difference(counts)))
        {
            var random = new SeededRandom(options.Seed);
            for (var i = 0; i < options.Resamples; i++)
            {
                cancel.ThrowIfCancellationRequested();
                Array.Clear(counts);
                for (var drawn = 0; drawn < units; drawn++) counts[random.NextBelow(units)]++;
                var value = difference(counts);
                if (double.IsFinite(value)) differences.Add(value);
            }
        }
        if (differences.Count * 2 <= options.Resamples)
            return new BootstrapInterval(double.NaN, double.NaN, options.Level, differences.Count, options.Seed);
        double[] sorted = [.. differences.Order()];
        var tail = (1 - options.Level) / 2;
        return new BootstrapInterval(Quantile.OfSorted(sorted, tail), Quantile.OfSorted(sorted, 1 - tail), options.Level, sorted.Length,
            options.Seed);
    }
}
