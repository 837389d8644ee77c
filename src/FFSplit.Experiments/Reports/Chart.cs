namespace FFSplit.Experiments.Reports;

/// <summary>What one picture shows, without a word on how it is drawn.</summary>
/// <param name="Name">Names its files, so letters, digits and hyphens, and no two of a report alike.</param>
/// <param name="Title">Above the picture.</param>
/// <param name="XLabel">Below it.</param>
/// <param name="YLabel">On its left.</param>
/// <param name="Kind">Lines, points or bars.</param>
/// <param name="Series">What is drawn, in the legend's order.</param>
public sealed record Chart(string Name, string Title, string XLabel, string YLabel, ChartKind Kind, IReadOnlyList<Series> Series)
{
    /// <summary>Names of the whole numbers 0, 1, … on the x axis, if they stand for categories.</summary>
    public IReadOnlyList<string>? XNames { get; init; }

    /// <summary>Whether the x axis is logarithmic; values that are not above 0 are left out.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether the y axis is logarithmic; values that are not above 0 are left out.</summary>
    public bool LogY { get; init; }
}
