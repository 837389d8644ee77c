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

    public IEnumerable<TableRow> Select(IReadOnlyList<string> columns, List<int>? shortRows = null)
    {
        if (Columns.Count == 0) throw DataErrors.Empty(Path);
        var hasHeader = !columns.All(IsPosition);
        int[] positions = [.. columns.Select(PositionOf)];
        var needed = positions.Max() + 1;
        foreach (var row in _rows.Skip(hasHeader ? 1 : 0))
        {
            if (row.Values.Count < needed)
            {
                if (shortRows is null) throw DataErrors.ShortRow(Path, row.Line, needed, row.Values.Count);
                shortRows.Add(row.Line);
                continue;
            }
            yield return new TableRow(row.Line, Array.ConvertAll(positions, p => row.Values[p]));
        }
    }

    int PositionOf(string column)
    {
        if (IsPosition(column))
            return int.TryParse(column, CultureInfo.InvariantCulture, out var position) && position < Columns.Count
                ? position
                : throw DataErrors.MissingColumn(Path, column, Columns);
        for (var i = 0; i < Columns.Count; i++)
            if (string.Equals(Columns[i], column, StringComparison.Ordinal))
                return i;
        throw DataErrors.MissingColumn(Path, column, Columns);
    }

    static bool IsPosition(string column) => column.Length > 0 && column.All(char.IsAsciiDigit);
}
