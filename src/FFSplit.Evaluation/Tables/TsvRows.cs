using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tables;

/// <summary>Tab-separated rows in GLUE's manner: a line is a row, a tab ends a field, and nothing else means anything. GLUE's texts
/// hold quotes that never close, so no reader that knows quoting may touch them.</summary>
static class TsvRows
{
    public static IReadOnlyList<TableRow> Parse(string text)
    {
        var rows = new List<TableRow>();
        foreach (var (number, line) in DataText.Lines(text))
            if (line.Length > 0)
                rows.Add(new TableRow(number, line.Split('\t')));
        return rows;
    }
}
