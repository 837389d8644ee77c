namespace FFSplit.Checkpoints;

/// <summary>The machine cannot do what was asked (disk full, not enough memory); the command line's exit code 4.</summary>
public sealed class MachineLimitException : Exception
{
    /// <summary>States the resource, what was needed, what there is and what to do.</summary>
    public MachineLimitException(string message, Exception? cause = null) : base(message, cause) { }
}
