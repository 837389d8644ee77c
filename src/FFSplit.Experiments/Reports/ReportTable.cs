namespace FFSplit.Experiments.Reports;

/// <summary>A table of text, every row as long as the heading.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Columns">The heading.</param>
/// <param name="Rows">Its cells, the first of a row being the row's name.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
