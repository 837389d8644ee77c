namespace FFSplit.Checkpoints;

/// <summary>How far a long job has come; the command line draws its bar and its time left from these.</summary>
/// <param name="Stage">What is being done, in a few words that a user understands ("embedding sentences").</param>
/// <param name="Done">Units finished, from 0 to <paramref name="Total"/>.</param>
/// <param name="Total">All units of this stage; 0 where the number is not known.</param>
/// <param name="Detail">What else is to be seen beside the bar, such as a loss; null for nothing.</param>
public sealed record ProgressReport(string Stage, long Done, long Total, string? Detail = null);
