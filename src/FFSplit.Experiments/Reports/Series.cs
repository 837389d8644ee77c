namespace FFSplit.Experiments.Reports;

/// <summary>Values of one line, one cloud of points or one colour of bars.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="X">Positions.</param>
/// <param name="Y">Values, as many; what is not finite is left out.</param>
public sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Half the length of each error bar, if there are any, such as the standard deviation over seeds.</summary>
    public IReadOnlyList<double>? Spread { get; init; }
}
