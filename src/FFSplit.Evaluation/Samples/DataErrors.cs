using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Samples;

/// <summary>Everything that can be wrong with a user's data, said in one voice.</summary>
static class DataErrors
{
    public static BadInputException Missing(string path) =>
        new(path, "a data file or a folder of data files", "nothing there", "Check the path given to --data.");

    public static BadInputException Unreadable(string path, Exception cause) =>
        new(path, "a file that can be read", cause.Message, "Check the permissions of the file.", cause);

    public static BadInputException TooLarge(string path, long bytes, long most) =>
        new(path, $"at most {most >> 20} MiB of text", $"{bytes >> 20} MiB", "Give a part of the file; calibration needs far less.");

    public static BadInputException Empty(string path) =>
        new(path, "at least one text", "none (the data is empty)", "Give a file that holds text.");

    public static BadInputException EmptyFolder(string path) =>
        new(path, $"data files ({DataFiles.Known})", "none", "Give a folder that holds such files, or a file.");

    public static BadInputException Binary(string path, long offset) =>
        new(path, "text in UTF-8", $"binary data (a zero byte at offset {offset})", "Give a text, JSONL, TSV, CSV or Parquet file.");

    public static BadInputException NotUtf8(string path, long offset, Exception? cause = null) =>
        new(path, "text in UTF-8", $"bytes that are not UTF-8 at offset {offset}", "Save the file as UTF-8.", cause);

    public static BadInputException Utf16(string path) =>
        new(path, "text in UTF-8", "text in UTF-16", "Save the file as UTF-8.");

    public static BadInputException NotParquet(string path, string found, Exception? cause = null) =>
        new(path, "a Parquet file", found, "Write the file again, or convert it to JSONL or CSV.", cause);

    public static BadInputException ParquetType(string path, string column, string type) =>
        new($"column '{column}' of {path}", "texts, numbers or truth values", type,
            "Name another column, or convert the file to JSONL or CSV.");

    public static BadInputException EmptyCell(string path, int row, string column) =>
        new($"{path}, row {row}", $"a value in column '{column}'", "none (null)", "Mend the row or leave it out.");

    public static BadInputException NotATable(string path) =>
        new(path, "a table (.tsv, .csv, .jsonl, .ndjson, .parquet)", "plain text", "Give a file with columns.");

    public static BadInputException MissingColumn(string path, string column, IReadOnlyList<string> columns) =>
        new($"column '{column}' of {path}", $"one of the columns {List(columns)}", "no such column",
            "Give --text, --text-pair or --label a column by the name that the file has for it; without a header by its position from 0, such as --text 3.");

    public static BadInputException NoTextColumn(string path, IReadOnlyList<string> columns) =>
        new(path, "one column, or columns with a well-known name such as sentence or text",
            $"the columns {List(columns)}", NameAColumn);

    public static BadInputException LongRow(string path, int line, int columns, int found) =>
        new($"{path}:{line}", $"{columns} fields, as in the first row", $"{found}", "Put a field that holds a comma in double quotes.");

    public static BadInputException SameName(string path, string column, IReadOnlyList<int> places) =>
        new($"column '{column}' of {path}", "one column of that name", $"{places.Count} (at the positions {string.Join(", ", places)})",
            "Rename one, or name it by its position.");

    public static BadInputException ShortRow(string path, int line, int needed, int found) =>
        new($"{path}:{line}", $"at least {needed} fields", $"{found}", "Mend the row or leave it out.");

    public static BadInputException RowTooLong(string path, int lastGoodLine, Exception cause) =>
        new(path, "rows of at most 16 million characters", $"a longer one after line {lastGoodLine}",
            "Split the text over several rows.", cause);

    public static BadInputException OpenQuote(string path, int line) =>
        new($"{path}:{line}", "a closing quote for the one that opens on this line", "the end of the file",
            "Double a quote inside a quoted field, or name the file .tsv if its quotes are plain characters.");

    public static BadInputException NotAnObject(string path, int line, string found, Exception? cause = null) =>
        new($"{path}:{line}", "a JSON object", found, "JSONL holds one object on each line.", cause);

    public static BadInputException MissingKey(string path, int line, string key) =>
        new($"{path}:{line}", $"a text under the key '{key}'", "no such key, or null", "Mend the line or leave it out.");

    public static BadInputException NotAText(string path, int line, string key, string found) =>
        new($"{path}:{line}", $"a text under the key '{key}'", found, "Mend the line or name another key with --text.");

    public static BadInputException NotANumber(string path, int line, string column, string found) =>
        new($"{path}:{line}", $"a number in column '{column}'", $"'{Short(found)}'",
            "Mend the row or name another column with --label.");

    public static BadInputException NoLabel(string path, int line, string column) =>
        new($"{path}:{line}", $"a label in column '{column}'", "an empty field", "Mend the row or leave it out.");

    public static BadInputException UnknownLabel(string path, int line, string column, string found, string expected) =>
        new($"{path}:{line}", $"one of the labels {expected} in column '{column}'", $"'{Short(found)}'",
            "Check that the file belongs to this task and has labels (a test split has none).");

    public static BadInputException OneLabel(string path, string label) =>
        new(path, "samples of at least two labels", $"only '{Short(label)}'",
            "Give data in which more than one label occurs; on one alone every constant answer is right.");

    public static BadInputException OneScore(string path) =>
        new(path, "scores that differ", "the same number everywhere, or only one sample",
            "Give data with different scores; a correlation needs them.");

    public static BadInputException ManyTables(string path, string expected, int found) =>
        new(path, $"the file {expected}, or a single data file", $"{found}", "Give the file itself with --data.");

    public static BadInputException OtherSplit(string path, string expected, string found) =>
        new(path, $"the file {expected}", $"{found}, which is another part of the data by its name", "Give the file itself with --data if it is meant.");

    const string NameAColumn =
        "Name a column with --text (repeatable); in a .tsv or .csv file without a header by its position from 0, such as --text 3.";

    static string List(IReadOnlyList<string> columns)
    {
        const int most = 20;
        var shown = string.Join(", ", columns.Take(most).Select(c => $"'{Short(c)}'"));
        return columns.Count > most ? $"{shown} and {columns.Count - most} more" : shown;
    }

    // A headerless file's "columns" are its first row's texts, which may be long.
    static string Short(string text) => text.Length <= 40 ? text : string.Concat(text.AsSpan(0, 37), "…");
}
