using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Evaluation.Tasks;

/// <summary>What a task is made from. A task looks only at the parts that concern it.</summary>
public sealed record TaskOptions
{
    /// <summary>The data that judges.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>How a long text is cut.</summary>
    public WindowOptions Windows { get; init; } = new();

    /// <summary>Which output of the models stands for which label; null where the models' own names say it. See
    /// <see cref="Labels.LabelMap"/>.</summary>
    public IReadOnlyDictionary<string, int>? LabelMap { get; init; }

    /// <summary>Bounds of a batch; null for the task's own default.</summary>
    public BatchOptions? Batches { get; init; }
}
