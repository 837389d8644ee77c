namespace FFSplit.Evaluation.Tables;

/// <summary>A file with columns.</summary>
interface ITable
{
    /// <summary>Where it was read from, for messages.</summary>
    string Path { get; }

    /// <summary>The fields of the first row, or the keys of the first object; empty for a file without rows.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>The rows, cut down to some columns.</summary>
    /// <exception cref="Checkpoints.BadInputException">A column that isn't there, or a row that lacks one.</exception>
    IEnumerable<TableRow> Select(IReadOnlyList<string> columns);
}
