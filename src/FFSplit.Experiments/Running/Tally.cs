namespace FFSplit.Experiments.Running;

/// <summary>Means over the repetitions of what was measured.</summary>
sealed class Tally(Workbench bench)
{
    /// <summary>A value of a measurement over all seeds.</summary>
    public Statistic Of(string name, string value)
        => Statistic.Of([.. bench.Measurements.Where(m => m.Name == name).Select(m => m.Values[value])]);

    /// <summary>The deciding metric of a model.</summary>
    public Statistic Main(string name) => Of(name, bench.Subject.Metric);

    /// <summary>By how much a model is worse than the dense one: each repetition against its own.</summary>
    public Statistic Loss(string name, string metric) => Statistic.Of([.. bench.Measurements.Where(m => m.Name == name)
        .Select(m => bench.Subject.Loss(bench.Measurements.First(d => d.Name == "dense" && d.Seed == m.Seed).Values[metric], m.Values[metric]))]);

    /// <summary>Whether a claim is so: yes or no where every repetition says it, null where they differ or there is nothing between.</summary>
    /// <param name="margin">By how much it is so, from the deciding metric of each model in one repetition.</param>
    public bool? Holds(Func<Func<string, double>, double> margin)
    {
        double[] margins = [.. bench.Options.Seeds.Select(seed => margin(
            name => bench.Measurements.First(m => m.Name == name && m.Seed == seed).Values[bench.Subject.Metric]))];
        return margins.All(m => m > 0) ? true : margins.All(m => m < 0) ? false : null;
    }
}
