using System.Globalization;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tables;

/// <summary>Rows of fields, with or without a header row; see the remarks of <see cref="DataOptions"/> for the rule that decides.</summary>
sealed class DelimitedTable : ITable
{
    readonly IReadOnlyList<TableRow> _rows;

    public DelimitedTable(string path, IReadOnlyList<TableRow> rows)
    {
        Path = path;
        _rows = rows;
        Columns = rows.Count > 0 ? rows[0].Values : [];
    }

    public string Path { get; }

    public IReadOnlyList<string> Columns { get; }

    public IEnumerable<TableRow> Select(IReadOnlyList<string> columns)
    {
        var positions = new int[columns.Count];
        var hasHeader = false;
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = PositionOf(columns[i], out var named);
            hasHeader |= named;
        }
        var needed = positions.Max() + 1;
        foreach (var row in _rows.Skip(hasHeader ? 1 : 0))
        {
            if (row.Values.Count < needed) throw DataErrors.ShortRow(Path, row.Line, needed, row.Values.Count);
            yield return new TableRow(row.Line, Array.ConvertAll(positions, p => row.Values[p]));
        }
    }

    int PositionOf(string column, out bool named)
    {
        for (var i = 0; i < Columns.Count; i++)
            if (string.Equals(Columns[i], column, StringComparison.Ordinal))
            {
                named = true;
                return i;
            }
        named = false;
        return int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position < Columns.Count
            ? position
            : throw DataErrors.MissingColumn(Path, column, Columns);
    }
}
