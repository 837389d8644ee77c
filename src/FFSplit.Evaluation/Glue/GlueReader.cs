using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tables;

namespace FFSplit.Evaluation.Glue;

/// <summary>Reads a task of GLUE: its folder, or a file of its data in any format that has columns.</summary>
/// <remarks>Quotes in .tsv files are characters, byte order marks are dropped, CoLA has no header, and rows with missing fields (QQP has
/// some) are left out with a notice. Rows stay in the file's order unless <see cref="DataOptions.MaxSamples"/> draws some.</remarks>
public static class GlueReader
{
    /// <summary>Reads a classification task.</summary>
    /// <param name="task">With labels.</param>
    /// <param name="options">Where the data is; columns named there replace the task's own.</param>
    /// <param name="split">Which file of a folder.</param>
    /// <param name="cancel">Looked at before each row.</param>
    /// <exception cref="BadInputException">Missing or malformed data, a label that the task doesn't have.</exception>
    public static ClassifiedSamples ReadClassified(GlueTask task, DataOptions options, GlueSplit split = GlueSplit.Dev,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        var set = task.Labels ?? throw new ArgumentException($"{task.Name} is a regression.", nameof(task));
        var notices = new List<string>();
        var rows = Rows(task, options, split, notices, cancel);
        return new ClassifiedSamples([.. rows.Select(r => r.Sample)], [.. rows.Select(r => LabelOf(set, r))], set, notices);
    }

    /// <summary>Reads a regression task.</summary>
    /// <param name="task">Without labels.</param>
    /// <param name="options">Where the data is; columns named there replace the task's own.</param>
    /// <param name="split">Which file of a folder.</param>
    /// <param name="cancel">Looked at before each row.</param>
    /// <exception cref="BadInputException">Missing or malformed data, a score that isn't a number.</exception>
    public static ScoredSamples ReadScored(GlueTask task, DataOptions options, GlueSplit split = GlueSplit.Dev,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (task.Labels is not null) throw new ArgumentException($"{task.Name} is a classification.", nameof(task));
        var notices = new List<string>();
        var rows = Rows(task, options, split, notices, cancel);
        return new ScoredSamples([.. rows.Select(r => r.Sample)], [.. rows.Select(LabeledRows.Score)], notices);
    }

    /// <summary>Where a task's texts lie, for readers that need no labels.</summary>
    /// <param name="task">Any.</param>
    /// <param name="path">The task's folder, or a file of its data.</param>
    /// <param name="split">Which file of a folder.</param>
    /// <exception cref="BadInputException">Missing data, or none of the task's columns.</exception>
    public static DataOptions Texts(GlueTask task, string path, GlueSplit split)
    {
        ArgumentNullException.ThrowIfNull(task);
        var file = FileOf(task, path, split, []);
        var columns = ColumnsOf(task, Table.Open(file));
        return new DataOptions { Path = file, TextColumns = [columns.Text], TextPairColumn = columns.Pair };
    }

    static IReadOnlyList<LabeledRows.Row> Rows(GlueTask task, DataOptions options, GlueSplit split, List<string> notices,
        CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var file = FileOf(task, options.Path, split, notices);
        return LabeledRows.Read([file], options, table => LabeledRows.Named(options, task.Name, () => ColumnsOf(task, table),
            () => ColumnsOf(task, table).Label), shortRows: true, notices, cancel);
    }

    static string FileOf(GlueTask task, string path, GlueSplit split, List<string> notices)
        => SplitFile.Find(path, split == GlueSplit.Dev ? task.DevFile : task.TrainFile, split, notices);

    static LabeledColumns ColumnsOf(GlueTask task, ITable table)
    {
        foreach (var columns in task.Columns)
            if (columns.All.All(c => table.Columns.Contains(c, StringComparer.Ordinal) || IsPosition(c, table))) return columns;
        var first = task.Columns.First(c => !c.All.All(n => n.All(char.IsAsciiDigit)));
        throw DataErrors.MissingColumn(table.Path, first.All.First(c => !table.Columns.Contains(c, StringComparer.Ordinal)), table.Columns);
    }

    static bool IsPosition(string column, ITable table) =>
        int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out var position) && position < table.Columns.Count
            && table is DelimitedTable;

    // A label is written by name, or (in the hub's files, and in some of GLUE's) as its position in GLUE's order.
    static int LabelOf(LabelSet set, LabeledRows.Row row)
    {
        var written = row.Sample.Label!;
        var label = int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : set.IndexOfName(written);
        return label >= 0 && label < set.Labels.Count ? label : throw DataErrors.UnknownLabel(row.File, row.Line, row.LabelColumn, written,
            $"{LabelErrors.List(set.Labels.Select(l => l.Name))} (or 0 to {set.Labels.Count - 1})");
    }
}
