using System.Text;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Tables;

namespace FFSplit.Evaluation.Samples;

/// <summary>Reads the user's data: a file or folder of text, JSONL, TSV, CSV or Parquet. See <see cref="DataOptions"/> for the
/// rules.</summary>
public static class SampleReader
{
    /// <summary>Reads samples: each line of plain text, each text of the chosen columns. Blank ones are left out (tables: with a
    /// notice). Then <see cref="SampleSelection.Apply"/> does as the options say.</summary>
    /// <exception cref="BadInputException">Missing, empty, binary or malformed data; a missing column.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public static SampleSet Read(DataOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var notices = new List<string>();
        var files = Find(options, notices);
        var samples = new List<Sample>();
        foreach (var file in files)
        {
            if (DataFiles.IsTable(file)) ReadTable(file, options, samples, notices, cancel);
            else ReadLines(file, samples, cancel);
        }
        if (samples.Count == 0) throw DataErrors.Empty(options.Path);
        return new SampleSet(SampleSelection.Apply(samples, options), files, notices);
    }

    /// <summary>Reads everything as one text: plain files one after the other with nothing between them, the texts of tables each on
    /// a line. Order, repetition and number are the data's: <see cref="DataOptions.Shuffle"/>, <see cref="DataOptions.Distinct"/> and
    /// <see cref="DataOptions.MaxSamples"/> play no part.</summary>
    /// <exception cref="BadInputException">Missing, empty, binary or malformed data; a missing column.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public static JoinedText ReadText(DataOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var notices = new List<string>();
        var files = Find(options, notices);
        var text = new StringBuilder();
        foreach (var file in files)
        {
            cancel.ThrowIfCancellationRequested();
            if (!DataFiles.IsTable(file))
            {
                text.Append(DataText.Read(file));
                continue;
            }
            var samples = new List<Sample>();
            ReadTable(file, options, samples, notices, cancel);
            foreach (var sample in samples)
            {
                text.Append(sample.Text).Append('\n');
                if (sample.Pair is not null) text.Append(sample.Pair).Append('\n');
            }
        }
        var joined = text.ToString();
        if (string.IsNullOrWhiteSpace(joined)) throw DataErrors.Empty(options.Path);
        return new JoinedText(joined, files, notices);
    }

    static IReadOnlyList<string> Find(DataOptions options, List<string> notices)
    {
        options.Validate();
        var files = DataFiles.Find(options.Path, notices);
        var named = options.TextColumns.Count > 0 ? "--text" : options.LabelColumn is not null ? "--label" : null;
        if (named is not null && files.FirstOrDefault(f => !DataFiles.IsTable(f)) is { } plain)
            throw new BadUsageException($"{named} names a column, but {plain} is plain text.");
        return files;
    }

    static void ReadLines(string file, List<Sample> samples, CancellationToken cancel)
    {
        foreach (var (_, line) in DataText.Lines(DataText.Read(file)))
        {
            cancel.ThrowIfCancellationRequested();
            if (!string.IsNullOrWhiteSpace(line)) samples.Add(new Sample(line));
        }
    }

    static void ReadTable(string file, DataOptions options, List<Sample> samples, List<string> notices, CancellationToken cancel)
    {
        var table = Table.Open(file);
        if (table.Columns.Count == 0) return;
        var texts = options.TextColumns.Count > 0
            ? options.TextColumns
            : WellKnownColumns.Choose(table.Columns) ?? throw DataErrors.NoTextColumn(file, table.Columns);
        if (options.TextColumns.Count == 0 && table.Columns.Count > 1)
            notices.Add($"{file}: the texts are those of {string.Join(" and ", texts.Select(t => $"'{t}'"))}; --text names other columns.");
        string[] columns = [.. texts, .. Given(options.TextPairColumn), .. Given(options.LabelColumn)];
        if ((table as DelimitedTable)?.FirstRowNotice(columns) is { } notice) notices.Add(notice);
        var empty = 0;
        foreach (var row in table.Select(columns))
        {
            cancel.ThrowIfCancellationRequested();
            var pair = options.TextPairColumn is null ? null : row.Values[texts.Count];
            var label = options.LabelColumn is null ? null : row.Values[^1];
            for (var i = 0; i < texts.Count; i++)
            {
                if (string.IsNullOrWhiteSpace(row.Values[i])) empty++;
                else samples.Add(new Sample(row.Values[i], pair, label));
            }
        }
        if (empty > 0) notices.Add($"{file}: {empty} empty texts were left out.");
    }

    static string[] Given(string? column) => column is null ? [] : [column];
}
