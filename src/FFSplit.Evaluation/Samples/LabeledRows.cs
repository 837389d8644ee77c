using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Tables;

namespace FFSplit.Evaluation.Samples;

/// <summary>Rows with labels, where they came from with them, so that a message about a label can name the line.</summary>
static class LabeledRows
{
    /// <summary>A row.</summary>
    public readonly record struct Row(string File, int Line, Sample Sample, string LabelColumn);

    /// <summary>Reads the rows of some tables, drawn by the seed where <see cref="DataOptions.MaxSamples"/> bounds them; otherwise in the
    /// order of the data.</summary>
    /// <param name="files">Tables.</param>
    /// <param name="options">What the user asked for; columns named there replace those chosen.</param>
    /// <param name="choose">The columns of a table.</param>
    /// <param name="shortRows">Whether rows with too few fields are left out (with a notice) instead of refused.</param>
    /// <param name="notices">Gets sentences that the user should see.</param>
    /// <param name="cancel">Looked at before each row.</param>
    public static IReadOnlyList<Row> Read(IReadOnlyList<string> files, DataOptions options, Func<ITable, LabeledColumns> choose,
        bool shortRows, List<string> notices, CancellationToken cancel)
    {
        var rows = new List<Row>();
        foreach (var file in files)
        {
            var table = Table.Open(file);
            if (table.Columns.Count == 0) throw DataErrors.Empty(file);
            var columns = choose(table);
            // A task's own files are known.
            if (options.TextColumns.Count > 0 && (table as DelimitedTable)?.FirstRowNotice(columns.All) is { } notice) notices.Add(notice);
            var (tooShort, empty) = (new List<int>(), new List<int>());
            foreach (var row in table.Select(columns.All, shortRows ? tooShort : null))
            {
                cancel.ThrowIfCancellationRequested();
                var pair = columns.Pair is null ? null : row.Values[1];
                if (string.IsNullOrWhiteSpace(row.Values[0]) || (pair is not null && string.IsNullOrWhiteSpace(pair))) empty.Add(row.Line);
                rows.Add(new Row(file, row.Line, new Sample(row.Values[0], pair, row.Values[^1].Trim()), columns.Label));
            }
            if (tooShort.Count > 0)
                notices.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{file}: {tooShort.Count} rows with missing fields were left out (the first is line {tooShort[0]})."));
            if (empty.Count > 0)
                notices.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{file}: {empty.Count} rows with an empty text are taken as they are (the first is line {empty[0]})."));
        }
        if (rows.Count == 0) throw DataErrors.Empty(options.Path);
        if (options.MaxSamples is not { } most || rows.Count <= most) return rows;
        var drawn = rows.ToArray();
        new SeededRandom(options.Seed).Shuffle<Row>(drawn);
        return drawn[..most];
    }

    /// <summary>The columns that the user named, in place of the defaults.</summary>
    /// <param name="options">What the user named.</param>
    /// <param name="task">For messages.</param>
    /// <param name="defaults">The columns of texts and label where no text is named.</param>
    /// <param name="label">The label's where only texts are named.</param>
    /// <exception cref="BadUsageException">More than one --text.</exception>
    public static LabeledColumns Named(DataOptions options, string task, Func<LabeledColumns> defaults, Func<string> label)
    {
        if (options.TextColumns.Count > 1)
            throw new BadUsageException($"The task {task} takes one --text and, for pairs, one --text-pair.");
        if (options.TextColumns is [var text]) return new LabeledColumns(text, options.TextPairColumn, options.LabelColumn ?? label());
        var columns = defaults();
        return columns with { Label = options.LabelColumn ?? columns.Label };
    }

    /// <summary>The label as a number.</summary>
    /// <exception cref="BadInputException">It isn't one, or not a finite one.</exception>
    public static double Score(Row row) =>
        double.TryParse(row.Sample.Label, NumberStyles.Float, CultureInfo.InvariantCulture, out var score) && double.IsFinite(score)
            ? score
            : throw DataErrors.NotANumber(row.File, row.Line, row.LabelColumn, row.Sample.Label!);
}
