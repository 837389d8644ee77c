using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Glue;

/// <summary>One task of GLUE (Wang et al., "GLUE: A multi-task benchmark and analysis platform for natural language understanding", 2019)
/// as data: where its texts and labels lie and what is measured.</summary>
public sealed record GlueTask
{
    /// <summary>The name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>A sentence for help texts.</summary>
    public required string Summary { get; init; }

    /// <summary>Columns of GLUE's own file and of others with the same data (the hub's data sets): the first set that a table has is taken.
    /// Positions fit every table without a header.</summary>
    public required IReadOnlyList<LabeledColumns> Columns { get; init; }

    /// <summary>The labels in GLUE's order; null for a regression.</summary>
    public LabelSet? Labels { get; init; }

    /// <summary>Names of the metrics, the deciding one first; see <see cref="Tasks.ClassificationMetrics"/>.</summary>
    public required IReadOnlyList<string> Metrics { get; init; }

    /// <summary>The file of the split that judges, in the task's folder.</summary>
    public string DevFile { get; init; } = "dev.tsv";

    /// <summary>The file of the split to train on, in the task's folder.</summary>
    public string TrainFile { get; init; } = "train.tsv";
}
