namespace FFSplit.Experiments.Reports;

/// <summary>Means over the repetitions of what was measured.</summary>
/// <param name="measurements">With those of the dense model, by the name <see cref="Dense"/>.</param>
/// <param name="metric">The metric that decides.</param>
sealed class Tally(IReadOnlyList<Measurement> measurements, DecidingMetric metric)
{
    public const string Dense = "dense";

    /// <summary>A value of a measurement over all seeds.</summary>
    public Statistic Of(string name, string value) => Statistic.Of([.. All(name).Select(m => m.Values[value])]);

    /// <summary>The deciding metric of a model.</summary>
    public Statistic Main(string name) => Of(name, metric.Name);

    /// <summary>By how much a model is worse than the dense one: each repetition against its own.</summary>
    public Statistic Loss(string name, string value)
        => Statistic.Of([.. All(name).Select(m => metric.Loss(All(Dense).First(d => d.Seed == m.Seed).Values[value], m.Values[value]))]);

    /// <summary>Whether a claim is so: yes or no where every repetition says it, null where they differ or there is nothing between.</summary>
    /// <param name="margin">By how much it is so, from the deciding metric of each model in one repetition.</param>
    public bool? Holds(Func<Func<string, double>, double> margin)
    {
        double[] margins = [.. All(Dense).Select(d => margin(name => All(name).First(m => m.Seed == d.Seed).Values[metric.Name]))];
        return margins.All(m => m > 0) ? true : margins.All(m => m < 0) ? false : null;
    }

    IEnumerable<Measurement> All(string name) => measurements.Where(m => m.Name == name);
}
