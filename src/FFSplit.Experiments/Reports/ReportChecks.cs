using System.Globalization;

namespace FFSplit.Experiments.Reports;

/// <summary>What the types of a report cannot say about it.</summary>
static class ReportChecks
{
    /// <summary>The first thing that is wrong, as a phrase; null if nothing is.</summary>
    public static string? Fault(ExperimentReport report) =>
        new (string Name, string Value)[]
        {
            ("experiment", report.Experiment), ("model", report.Model), ("task", report.Task), ("title", report.Title),
        }
        .Where(field => string.IsNullOrWhiteSpace(field.Value)).Select(field => $"an empty {field.Name}").FirstOrDefault()
        ?? (DateOnly.TryParseExact(report.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            ? null : $"the date '{report.Date}'")
        ?? report.Tables.Select(Fault).FirstOrDefault(fault => fault is not null)
        ?? report.Charts.Select(Fault).FirstOrDefault(fault => fault is not null)
        ?? report.Charts.GroupBy(chart => chart.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1)
            .Select(group => $"two charts named '{group.Key}'").FirstOrDefault();

    /// <summary>The same for one chart.</summary>
    public static string? Fault(Chart chart)
    {
        if (chart.Name.Length == 0 || SafeName.Of(chart.Name) != chart.Name)
            return $"a chart named '{chart.Name}', which is no name for a file";
        foreach (var series in chart.Series)
        {
            if (series.X.Count != series.Y.Count)
                return $"{series.X.Count} x and {series.Y.Count} y in the series '{series.Name}' of the chart '{chart.Name}'";
            if (series.Spread is { } spread && spread.Count != series.Y.Count)
                return $"{series.Y.Count} y and {spread.Count} spreads in the series '{series.Name}' of the chart '{chart.Name}'";
        }
        return null;
    }

    static string? Fault(ReportTable table) =>
        table.Rows.FirstOrDefault(row => row.Count != table.Columns.Count) is { } row
            ? $"a row of {row.Count} cells under {table.Columns.Count} columns in the table '{table.Title}'" : null;
}
