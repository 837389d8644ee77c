namespace FFSplit.Evaluation.Tables;

/// <summary>Fields of one row.</summary>
/// <param name="Line">The line on which the row begins, from 1.</param>
/// <param name="Values">The fields, in the order in which the columns were asked for.</param>
sealed record TableRow(int Line, IReadOnlyList<string> Values);
