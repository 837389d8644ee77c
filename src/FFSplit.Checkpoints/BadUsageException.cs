namespace FFSplit.Checkpoints;

/// <summary>Options that contradict each other or lie outside their range; the command line's exit code 2.</summary>
public sealed class BadUsageException : Exception
{
    /// <summary>States which option is wrong, what it takes and what it got.</summary>
    public BadUsageException(string message) : base(message) { }
}
