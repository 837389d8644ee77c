using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Tasks;

/// <summary>The surroundings of a run.</summary>
public sealed record RunOptions
{
    /// <summary>The run of the model that this one is held against; null for the first model.</summary>
    public ITaskRun? First { get; init; }

    /// <summary>Whether later models will be held against this one: then what they need is kept (and computed, which costs time).</summary>
    public bool WillBeCompared { get; init; }

    /// <summary>Told after every batch.</summary>
    public IProgress<ProgressReport>? Progress { get; init; }
}
