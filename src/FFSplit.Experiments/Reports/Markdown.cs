namespace FFSplit.Experiments.Reports;

/// <summary>Pieces of GitHub's Markdown (https://github.github.com/gfm/).</summary>
static class Markdown
{
    /// <summary>Plain text of one line, nothing of which is taken for markup but `code`.</summary>
    public static string Text(string text)
        => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Replace("*", "\\*", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal);

    /// <summary>A table; columns whose cells are numbers stand right.</summary>
    public static IEnumerable<string> Table(ReportTable table)
    {
        yield return Row(table.Columns);
        yield return Row([.. table.Columns.Select((_, i) => table.Rows.Any() && table.Rows.All(row => IsNumber(row[i])) ? "---:" : "---")]);
        foreach (var row in table.Rows) yield return Row(row);
    }

    static string Row(IReadOnlyList<string> cells)
        => "| " + string.Join(" | ", cells.Select(cell => Text(cell).Replace("|", "\\|", StringComparison.Ordinal))) + " |";

    // "86.1", "−0.3 ± 0.1", "12 s"; a cell without a figure is empty or a dash.
    static bool IsNumber(string cell)
    {
        var figure = cell.TrimStart().TrimStart('+', '-', '−', '–', '±', '<', '>', '≈');
        return figure.Length == 0 || char.IsAsciiDigit(figure[0]);
    }
}
