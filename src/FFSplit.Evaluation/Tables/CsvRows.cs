using FFSplit.Evaluation.Samples;
using nietras.SeparatedValues;

namespace FFSplit.Evaluation.Tables;

/// <summary>Comma-separated rows by RFC 4180: a field in quotes may hold commas, line breaks and doubled quotes.</summary>
static class CsvRows
{
    public static IReadOnlyList<TableRow> Parse(string path, string text)
    {
        // Sep takes an unclosed field to the end of the file for one huge field and says nothing.
        if (LineOfOpenQuote(text) is { } line) throw DataErrors.OpenQuote(path, line);
        using var reader = Sep.New(',')
            .Reader(o => o with { HasHeader = false, DisableColCountCheck = true, Unescape = true })
            .FromText(text);
        var rows = new List<TableRow>();
        try
        {
            foreach (var row in reader)
            {
                var fields = new string[row.ColCount];
                for (var i = 0; i < fields.Length; i++) fields[i] = row[i].ToString();
                if (fields is not [""]) rows.Add(new TableRow(row.LineNumberFrom, fields));
            }
        }
        catch (NotSupportedException e)
        {
            // Sep's rows hold at most 2^24 characters.
            throw DataErrors.RowTooLong(path, rows.Count > 0 ? rows[^1].Line : 1, e);
        }
        return rows;
    }

    static int? LineOfOpenQuote(string text)
    {
        var (line, opened, open) = (1, 1, false);
        foreach (var c in text)
        {
            if (c == '\n') line++;
            if (c != '"') continue;
            open = !open;
            opened = line;
        }
        return open ? opened : null;
    }
}
