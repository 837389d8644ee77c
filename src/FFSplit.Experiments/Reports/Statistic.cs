using System.Globalization;

namespace FFSplit.Experiments.Reports;

/// <summary>A figure over some repetitions.</summary>
/// <param name="Mean">Of the repetitions.</param>
/// <param name="Spread">Their standard deviation (n − 1); null for a single one.</param>
readonly record struct Statistic(double Mean, double? Spread)
{
    public static Statistic Of(IReadOnlyCollection<double> values)
    {
        var mean = values.Average();
        return new Statistic(mean, values.Count < 2 ? null : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1)));
    }

    public override string ToString() => Spread is { } spread ? string.Create(CultureInfo.InvariantCulture, $"{Mean:F2} ± {spread:F2}")
        : Mean.ToString("F2", CultureInfo.InvariantCulture);
}
