using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Samples;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Objectives;

namespace FFSplit.Compression.Jobs;

/// <summary>What to train on what.</summary>
public sealed record FinetuneOptions
{
    /// <summary>The tasks by name: the objectives on data of one's own, and GLUE's tasks, which are a classification or a
    /// regression.</summary>
    public static IReadOnlyList<string> Tasks { get; } =
        [ClassificationObjective.TaskName, RegressionObjective.TaskName, CausalLanguageObjective.TaskName,
            MaskedLanguageObjective.TaskName, SimilarityObjective.TaskName, .. GlueTasks.All.Select(t => t.Name)];

    /// <summary>The model's folder, dense or split.</summary>
    public required string Model { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>One of <see cref="Tasks"/>.</summary>
    public required string Task { get; init; }

    /// <summary>The data to learn from.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>Most tokens of a text; null for what the folder says.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Tokens of a window (causal models); null for 256.</summary>
    public int? Context { get; init; }

    /// <summary>The dense model to learn from besides; null for none.</summary>
    public string? Teacher { get; init; }

    /// <summary>Whether a classifier is made anew although the model has one.</summary>
    public bool NewHead { get; init; }

    /// <summary>Which output of the model's head stands for which label; null where its own names say it.</summary>
    public IReadOnlyDictionary<string, int>? LabelMap { get; init; }

    /// <summary>How the cosine is held against the score; null for CoSENT.</summary>
    public SimilarityLoss? SimilarityLoss { get; init; }

    /// <summary>How it is trained.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Element type of the written weights; null keeps each tensor's own.</summary>
    public DType? Type { get; init; } = DType.F32;

    /// <summary>Steps between two checkpoints.</summary>
    public int SaveEvery { get; init; } = 200;

    /// <summary>Whether an unfinished run is thrown away instead of gone on with.</summary>
    public bool Restart { get; init; }

    /// <summary>Where checkpoints and events lie until the run ends.</summary>
    public string RunFolder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Output)) + ".training";

    /// <summary>The task of GLUE; null for data of one's own.</summary>
    internal GlueTask? Glue => GlueTasks.Find(Task);

    /// <summary>What is trained for.</summary>
    internal string Objective => Glue is not { } task ? Task : task.Labels is null ? RegressionObjective.TaskName
        : ClassificationObjective.TaskName;

    internal int ChosenContext => Context ?? 256;

    internal SimilarityLoss ChosenSimilarityLoss => SimilarityLoss ?? Modeling.Training.Objectives.SimilarityLoss.CoSent;

    /// <summary>The training, with GLUE's own metric where something judges and none was named.</summary>
    internal TrainingOptions ChosenTraining
        => Training.ValidationShare == 0 ? Training : Training with { Metric = Training.Metric ?? Glue?.Metrics[0] };

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        if (string.IsNullOrWhiteSpace(Output)) throw new BadUsageException("--output: expected the folder to write, found nothing.");
        if (!Tasks.Contains(Task)) throw new BadUsageException($"--task: expected one of {string.Join(", ", Tasks)}, found '{Task}'.");
        if (Context is not null && Objective != CausalLanguageObjective.TaskName)
            throw new BadUsageException($"--context: expected the task {CausalLanguageObjective.TaskName}, found {Task}. Texts are cut by --max-length.");
        if (SimilarityLoss is not null && Objective != SimilarityObjective.TaskName)
            throw new BadUsageException($"--similarity-loss: expected the task {SimilarityObjective.TaskName}, found {Task}.");
        if (Context < 2) throw new BadUsageException($"--context: expected a number of at least 2, found {Context}.");
        if (SaveEvery < 1) throw new BadUsageException($"--save-every: expected a number of at least 1, found {SaveEvery}.");
        if (NewHead && Objective is not (ClassificationObjective.TaskName or RegressionObjective.TaskName))
            throw new BadUsageException($"--new-head: expected the task {ClassificationObjective.TaskName} or {RegressionObjective.TaskName}, or one "
                + $"of GLUE's, found {Task}.");
        if (LabelMap is not null && Objective != ClassificationObjective.TaskName)
            throw new BadUsageException($"--label-map: expected a classification, found the task {Task}.");
        if (Objective == CausalLanguageObjective.TaskName && (Data.MaxSamples is not null || MaxLength is not null))
            throw new BadUsageException($"{(Data.MaxSamples is not null ? "--max-samples" : "--max-length")}: the task {Task} learns from windows of the "
                + "joined text. Give --context for their length and --max-steps for their number.");
        Data.Validate();
        Training.Validate();
    }
}

/// <summary>A trained folder that was written and judged again.</summary>
public sealed record FinetuneResult
{
    /// <summary>The folder.</summary>
    public required string Output { get; init; }

    /// <summary>The model's folder name.</summary>
    public required string Model { get; init; }

    /// <summary>The teacher's folder name; null for none.</summary>
    public required string? Teacher { get; init; }

    /// <summary>Tensors of the head that was made and seeded; empty where the model had one.</summary>
    public required IReadOnlyList<string> NewHead { get; init; }

    /// <summary>The head's labels in the order of its outputs; empty for other objectives.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>The precision of products.</summary>
    public required string Compute { get; init; }

    /// <summary>The run.</summary>
    public required TrainingResult Training { get; init; }

    /// <summary>Metrics on the validation part, from the weights as written; null without one.</summary>
    public required IReadOnlyDictionary<string, double>? Written { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}
