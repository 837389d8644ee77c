namespace FFSplit.Experiments.Reports;

/// <summary>The metric of a task that models are held against each other by.</summary>
/// <param name="Name">Its name among the values of a measurement.</param>
/// <param name="HigherIsBetter">Whether a larger value is better.</param>
public sealed record DecidingMetric(string Name, bool HigherIsBetter)
{
    /// <summary>By how much the second is worse.</summary>
    public double Loss(double dense, double other) => HigherIsBetter ? dense - other : other - dense;
}
