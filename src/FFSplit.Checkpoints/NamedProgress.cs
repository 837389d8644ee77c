namespace FFSplit.Checkpoints;

/// <summary>Progress of one of several things, said with its name.</summary>
/// <param name="name">Put before each stage.</param>
/// <param name="progress">Told.</param>
public sealed class NamedProgress(string name, IProgress<ProgressReport> progress) : IProgress<ProgressReport>
{
    /// <inheritdoc/>
    public void Report(ProgressReport value)
    {
        ArgumentNullException.ThrowIfNull(value);
        progress.Report(value with { Stage = $"{name}: {value.Stage}" });
    }
}
