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
}
