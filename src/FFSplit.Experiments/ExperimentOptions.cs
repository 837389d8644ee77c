using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Tasks;
using FFSplit.Experiments.Comparing;

namespace FFSplit.Experiments;

/// <summary>What an experiment runs on, and how long it may take.</summary>
public sealed record ExperimentOptions
{
    /// <summary>The dense model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>A name of <see cref="TaskRegistry.Tasks"/>: what judges; empty where the experiment looks at the model alone.</summary>
    public string Task { get; init; } = "";

    /// <summary>What judges: a GLUE task's folder, or files or folders of text. The first decides; the others are reported too
    /// (language models).</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    /// <summary>What calibrates, repairs and trains; null for train.tsv of a GLUE task's folder.</summary>
    public string? TrainData { get; init; }

    /// <summary>Other tasks, as TASK=PATH, whose text chooses neurons too (transfer).</summary>
    public IReadOnlyList<(string Task, string Path)> Others { get; init; } = [];

    /// <summary>The folder for the report and its plots.</summary>
    public required string Output { get; init; }

    /// <summary>The folder for what the report is made from: models and measurements, a subfolder for each experiment; null for one
    /// beside the output.</summary>
    public string? Work { get; init; }

    /// <summary><see cref="Work"/>, as decided.</summary>
    public string WorkFolder => Work ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(Output)) + ".work";

    /// <summary>Of the run's random choices; one whole repetition each.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [0];

    /// <summary>Size of the paper's split; others get no more.</summary>
    public SplitSizes Sizes { get; init; } = new();

    /// <summary>The methods to compare; empty for all, and dropped layers with them.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    /// <summary>Texts that statistics and repair see (encoders).</summary>
    public int CalibrationSamples { get; init; } = 2000;

    /// <summary>Windows that statistics and repair see (causal models); null for as many as the token bound allows.</summary>
    public int? CalibrationWindows { get; init; }

    /// <summary>Times that the training part is seen by each compressed model; 0 leaves training out.</summary>
    public int Epochs { get; init; } = 3;

    /// <summary>Times that the training part is seen by the dense model, where that has to be trained; the best of them is kept.</summary>
    public int DenseEpochs { get; init; } = 3;

    /// <summary>Ends each training after so many steps; null for no bound.</summary>
    public int? MaxSteps { get; init; }

    /// <summary>At most so many training samples, drawn by the seed; null for all.</summary>
    public int? TrainSamples { get; init; }

    /// <summary>Step sizes to choose from, by the part of the training data that is set aside.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [5e-5, 1e-4, 2e-4];

    /// <summary>Step sizes of the compressed models to choose from, likewise, by the paper's split; empty for the dense model's.</summary>
    public IReadOnlyList<double> TunedLearningRates { get; init; } = [];

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Whether models are kept beside the report after they were judged.</summary>
    public bool KeepModels { get; init; }

    /// <summary>Whether unfinished work is thrown away instead of gone on with.</summary>
    public bool Restart { get; init; }

    /// <summary>Whether a report of other options, or one that holds more, may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>The command line, for the report.</summary>
    public string Command { get; init; } = "";

    /// <summary>How long compressed models are trained, in words: "1 epoch", "3 epochs, at most 300 steps,".</summary>
    internal string TrainingLength => string.Create(CultureInfo.InvariantCulture, $"{Epochs} epoch{(Epochs == 1 ? "" : "s")}")
        + (MaxSteps is { } steps ? string.Create(CultureInfo.InvariantCulture, $", at most {steps:N0} steps,") : "");

    static readonly string[] s_tasks = [.. GlueTasks.All.Select(t => t.Name), StsBenchmarkTask.TaskName, PerplexityTask.TaskName];

    /// <summary>Checks task and data before anything is read or made.</summary>
    internal void RequireTask()
    {
        RequireKnown("--task", Task);
        if (Data.Count == 0) throw new BadUsageException("--data: expected what judges, found nothing.");
        foreach (var (task, path) in Others)
        {
            RequireKnown("--other", task);
            if (!Path.Exists(path)) throw new BadInputException(path, "a data file or a folder of data files", "nothing there", "Check the path given to --other.");
        }
    }

    static void RequireKnown(string option, string task)
    {
        if (!s_tasks.Contains(task))
            throw new BadUsageException($"{option}: expected one of {string.Join(", ", s_tasks)}, found {(task.Length == 0 ? "nothing" : $"'{task}'")}.");
    }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        if (Methods.FirstOrDefault(m => !Contender.Methods.Contains(m)) is { } unknown)
            throw new BadUsageException($"--methods: expected some of {string.Join(", ", Contender.Methods)}, found '{unknown}'.");
        if (Seeds.Count == 0 || Seeds.Distinct().Count() != Seeds.Count)
            throw new BadUsageException($"--seeds: expected different numbers, found '{string.Join(",", Seeds)}'.");
        // Of the fractions.
        new PlanOptions { Sizes = Sizes }.Validate();
        if (Epochs < 0) throw new BadUsageException($"--epochs: expected a number of at least 0, found {Epochs}.");
        if (DenseEpochs < 1) throw new BadUsageException($"--dense-epochs: expected a number of at least 1, found {DenseEpochs}.");
        RequireRates("--learning-rates", LearningRates);
        if (TunedLearningRates.Count > 0) RequireRates("--tuned-learning-rates", TunedLearningRates);
        if (CalibrationSamples < 1)
            throw new BadUsageException($"--calibration-samples: expected a number of at least 1, found {CalibrationSamples}.");
    }

    static void RequireRates(string option, IReadOnlyList<double> rates)
    {
        if (rates.Count == 0 || !rates.All(r => r is > 0 and < double.PositiveInfinity))
            throw new BadUsageException($"{option}: expected numbers above 0, found '{string.Join(",", rates)}'.");
    }
}
