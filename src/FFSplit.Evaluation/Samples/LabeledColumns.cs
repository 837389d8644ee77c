namespace FFSplit.Evaluation.Samples;

/// <summary>Columns that hold a data set's samples.</summary>
/// <param name="Text">The text's.</param>
/// <param name="Pair">The second text's; null for single texts.</param>
/// <param name="Label">The label's.</param>
public sealed record LabeledColumns(string Text, string? Pair, string Label)
{
    /// <summary>All of them, in this order.</summary>
    public IReadOnlyList<string> All => Pair is null ? [Text, Label] : [Text, Pair, Label];
}
