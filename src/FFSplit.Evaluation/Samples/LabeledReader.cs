using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Tables;

namespace FFSplit.Evaluation.Samples;

/// <summary>Reads the user's own labelled tables: TSV, CSV, JSONL or Parquet. Without --text the columns are those of
/// <see cref="WellKnownColumns"/> (two of them are a pair), without --label the column is
/// "label", for numbers also "score".</summary>
public static class LabeledReader
{
    // Classes may be numbered, but seldom are there so many.
    const int ManyNumbers = 20;

    /// <summary>Reads samples with labels. The labels are those that the data shows: in the order of their numbers where all are whole
    /// numbers, else in ordinal order.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, a missing column, an empty label.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public static ClassifiedSamples ReadClassified(DataOptions options, CancellationToken cancel = default)
    {
        var notices = new List<string>();
        var rows = Rows(options, "classification", ["label"], notices, cancel);
        foreach (var row in rows)
            if (row.Sample.Label!.Length == 0) throw DataErrors.NoLabel(row.File, row.Line, row.LabelColumn);
        string[] names = [.. rows.Select(r => r.Sample.Label!).Distinct(StringComparer.Ordinal)];
        var numbers = Array.ConvertAll(names, n =>
            int.TryParse(n, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : (int?)null);
        // "1" and "01" are two texts of one number: names then.
        var numbered = numbers.All(n => n >= 0) && numbers.Distinct().Count() == numbers.Length;
        names = numbered ? [.. names.OrderBy(n => int.Parse(n, CultureInfo.InvariantCulture))] : [.. names.Order(StringComparer.Ordinal)];
        if (names.Length > ManyNumbers && names.All(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
            notices.Add(string.Create(CultureInfo.InvariantCulture, $"{rows[0].File}: column '{rows[0].LabelColumn}' holds {names.Length} different numbers, each "
                + $"taken as a class of its own. Numbers that measure something are the task regression's."));
        var position = names.Select((name, i) => (name, i)).ToDictionary(p => p.name, p => p.i, StringComparer.Ordinal);
        var set = new LabelSet([.. names.Select(n => new TaskLabel(n))]) { Numbered = numbered, MoreOutputs = true };
        if (numbered) set = set with { Numbers = [.. names.Select(n => int.Parse(n, CultureInfo.InvariantCulture))] };
        return new ClassifiedSamples([.. rows.Select(r => r.Sample)], [.. rows.Select(r => position[r.Sample.Label!])], set, notices);
    }

    /// <summary>Reads samples with numbers.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, a missing column, a label that isn't a number.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public static ScoredSamples ReadScored(DataOptions options, CancellationToken cancel = default)
    {
        var notices = new List<string>();
        var rows = Rows(options, "regression", ["score", "label"], notices, cancel);
        return new ScoredSamples([.. rows.Select(r => r.Sample)], [.. rows.Select(LabeledRows.Score)], notices);
    }

    static IReadOnlyList<LabeledRows.Row> Rows(DataOptions options, string task, string[] labels, List<string> notices,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var files = DataFiles.Find(options.Path, notices);
        return LabeledRows.Read(files, options, table => LabeledRows.Named(options, task, () => Defaults(table, labels), () => LabelOf(table, labels)),
            shortRows: false, notices, cancel);
    }

    static LabeledColumns Defaults(ITable table, string[] labels) => WellKnownColumns.Choose(table.Columns) switch
    {
        [var text, var pair] => new LabeledColumns(text, pair, LabelOf(table, labels)),
        [var text] => new LabeledColumns(text, null, LabelOf(table, labels)),
        _ => throw DataErrors.NoTextColumn(table.Path, table.Columns),
    };

    static string LabelOf(ITable table, string[] labels) =>
        labels.Select(l => table.Columns.FirstOrDefault(c => string.Equals(c, l, StringComparison.OrdinalIgnoreCase)))
            .FirstOrDefault(c => c is not null) ?? labels[0];
}
