using System.Text.Json;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tables;

/// <summary>One JSON object on each line; blank lines are passed over. Keys are the columns; texts, numbers and truth values are
/// fields, the latter two as written.</summary>
sealed class JsonLinesTable(string path, string text) : ITable
{
    public string Path { get; } = path;

    public IReadOnlyList<string> Columns { get; } = KeysOfFirst(path, text);

    public IEnumerable<TableRow> Select(IReadOnlyList<string> columns, List<int>? shortRows = null)
    {
        if (Columns.Count == 0) throw DataErrors.Empty(Path);
        foreach (var column in columns)
            if (!Columns.Contains(column, StringComparer.Ordinal))
                throw DataErrors.MissingColumn(Path, column, Columns);
        foreach (var (number, line) in DataText.Lines(text))
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var document = Parse(Path, number, line);
            var values = new string[columns.Count];
            for (var i = 0; i < values.Length; i++) values[i] = Field(document.RootElement, columns[i], number);
            yield return new TableRow(number, values);
        }
    }

    string Field(JsonElement row, string key, int line)
    {
        try
        {
            if (!row.TryGetProperty(key, out var value)) throw DataErrors.MissingKey(Path, line, key);
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString()!,
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                JsonValueKind.Null => throw DataErrors.MissingKey(Path, line, key),
                _ => throw DataErrors.NotAText(Path, line, key, Describe(value.ValueKind)),
            };
        }
        catch (InvalidOperationException e)
        {
            // JsonDocument looks at escapes only when a text is asked for.
            throw DataErrors.NotAnObject(Path, line, LoneSurrogate, e);
        }
    }

    const string LoneSurrogate = "an escape that is half a character (a lone surrogate)";

    static string[] KeysOfFirst(string path, string text)
    {
        foreach (var (number, line) in DataText.Lines(text))
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            using var document = Parse(path, number, line);
            try
            {
                return [.. document.RootElement.EnumerateObject().Select(p => p.Name)];
            }
            catch (InvalidOperationException e)
            {
                throw DataErrors.NotAnObject(path, number, LoneSurrogate, e);
            }
        }
        return [];
    }

    static JsonDocument Parse(string path, int number, string line)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(line);
        }
        catch (JsonException e)
        {
            throw DataErrors.NotAnObject(path, number, "malformed JSON", e);
        }
        if (document.RootElement.ValueKind == JsonValueKind.Object) return document;
        var found = Describe(document.RootElement.ValueKind);
        document.Dispose();
        throw DataErrors.NotAnObject(path, number, found);
    }

    static string Describe(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a truth value",
        _ => "null",
    };
}
