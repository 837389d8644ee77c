using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tables;

/// <summary>Opens tables by their extension. Another format is one more class and one more line here.</summary>
static class Table
{
    /// <exception cref="Checkpoints.BadInputException">Missing, binary or malformed, or not a table.</exception>
    public static ITable Open(string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".tsv" => new DelimitedTable(path, TsvRows.Parse(DataText.Read(path))),
        ".csv" => new DelimitedTable(path, CsvRows.Parse(path, DataText.Read(path))) { Even = true },
        ".parquet" => new ParquetTable(path),
        ".jsonl" or ".ndjson" => new JsonLinesTable(path, DataText.Read(path)),
        _ => throw DataErrors.NotATable(path),
    };
}
