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

    /// <summary>Whether a row of more fields than the first is refused (RFC 4180, section 2.4): a comma that should have been quoted shifts
    /// what stands behind it.</summary>
    public bool Even { get; init; }

    public IEnumerable<TableRow> Select(IReadOnlyList<string> columns, List<int>? shortRows = null)
    {
        if (Columns.Count == 0) throw DataErrors.Empty(Path);
        var hasHeader = !IsHeadless(columns);
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
            if (Even && row.Values.Skip(Columns.Count).Any(v => v.Length > 0))
                throw DataErrors.LongRow(Path, row.Line, Columns.Count, row.Values.Count);
            yield return new TableRow(row.Line, Array.ConvertAll(positions, p => row.Values[p]));
        }
    }

    /// <summary>Tells that the first row is data, which a user who knows of a header did not mean; null where it is not.</summary>
    public string? FirstRowNotice(IReadOnlyList<string> columns)
        => Columns.Count > 0 && IsHeadless(columns) ? $"{Path}: the columns are given by position, so the first row is data (it begins with "
            + $"'{(Columns[0].Length > 40 ? Columns[0][..40] + "…" : Columns[0])}'). If it is a header, give the columns by name." : null;

    static bool IsHeadless(IReadOnlyList<string> columns) => columns.All(IsPosition);

    int PositionOf(string column)
    {
        if (IsPosition(column))
            return int.TryParse(column, CultureInfo.InvariantCulture, out var position) && position < Columns.Count
                ? position
                : throw DataErrors.MissingColumn(Path, column, Columns);
        int[] places = [.. Enumerable.Range(0, Columns.Count).Where(i => string.Equals(Columns[i], column, StringComparison.Ordinal))];
        return places switch
        {
            [var place] => place,
            [] => throw DataErrors.MissingColumn(Path, column, Columns),
            _ => throw DataErrors.SameName(Path, column, places),
        };
    }

    static bool IsPosition(string column) => column.Length > 0 && column.All(char.IsAsciiDigit);
}
