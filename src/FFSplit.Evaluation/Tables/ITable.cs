namespace FFSplit.Evaluation.Tables;

/// <summary>A file with columns.</summary>
interface ITable
{
    /// <summary>Where it was read from, for messages.</summary>
    string Path { get; }

    /// <summary>The fields of the first row, or the keys of the first object; empty for a file without rows.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>The rows, cut down to some columns.</summary>
    /// <param name="columns">Names, or positions in tables that have an order.</param>
    /// <param name="shortRows">Gets the lines of rows that have too few fields and are left out; null refuses them.</param>
    /// <exception cref="Checkpoints.BadInputException">A column that isn't there, or a row that lacks one.</exception>
    IEnumerable<TableRow> Select(IReadOnlyList<string> columns, List<int>? shortRows = null);
}
