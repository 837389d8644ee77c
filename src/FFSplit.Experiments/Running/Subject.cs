using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Jobs;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Evaluation.Windows;
using FFSplit.Experiments.Reports;
using FFSplit.Modeling;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Objectives;

namespace FFSplit.Experiments.Running;

/// <summary>The model and the task of an experiment: how a model is judged, which texts calibrate it, and how it is trained.</summary>
sealed class Subject
{
    // By the protocol of docs/figures.md.
    static readonly WindowOptions s_windows = new() { Windows = 64, Context = 256 };

    readonly ExperimentOptions _options;
    // With what is put behind the names of its metrics: nothing for the first, which decides.
    readonly IReadOnlyList<(string Suffix, IEvaluationTask Task)> _judges;

    Subject(ExperimentOptions options, IReadOnlyList<(string, IEvaluationTask)> judges, bool hasHead, string model)
        => (_options, _judges, HasHead, ModelName) = (options, judges, hasHead, model);

    /// <summary>Opens the model and reads what judges it.</summary>
    /// <exception cref="BadInputException">Model or data cannot be used, or do not fit each other.</exception>
    public static Subject Open(ExperimentOptions options, CancellationToken cancellation)
    {
        using var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        if (checkpoint.Split is not null)
            throw new BadInputException(checkpoint.Folder, "a dense model", "a model that is split already",
                "Give the folder of the dense model that it was made from.");
        var judges = options.Data.Select((path, i) => (i == 0 ? ""
            : $" {Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path))}", TaskRegistry.Create(options.Task, JudgedBy(options.Task, new DataOptions { Path = path }), cancellation)))
            .ToArray();
        var needsHead = GlueTasks.Find(options.Task) is not null;
        if (options.TrainData is null && options.Task == PerplexityTask.TaskName)
            throw new BadUsageException("--train-data: a language model's experiment needs text to calibrate on that does not judge. "
                + "Give --train-data.");
        if (options.TrainSamples is not null && options.Task == PerplexityTask.TaskName)
            throw new BadUsageException("--train-samples: a language model learns from windows of the joined text. Give --max-steps.");
        return new Subject(options, judges, !needsHead || checkpoint.Architecture.Head is Head.Classifier,
            Path.GetFileName(checkpoint.Folder));
    }

    public string ModelName { get; }

    /// <summary>Whether the model can be judged as it is; else it has to be trained first.</summary>
    public bool HasHead { get; }

    /// <summary>The metric that decides.</summary>
    public DecidingMetric Deciding => new(_judges[0].Task.Metric, _judges[0].Task.HigherIsBetter);

    public string Metric => Deciding.Name;

    public bool HigherIsBetter => Deciding.HigherIsBetter;

    /// <summary>The metrics that tables show: the task's, and the deciding one of every further text.</summary>
    public IReadOnlyList<string> ShownMetrics
        => [.. GlueTasks.Find(_options.Task)?.Metrics ?? [Metric], .. _judges.Skip(1).Select(j => j.Task.Metric + j.Suffix)];

    /// <inheritdoc cref="DecidingMetric.Loss"/>
    public double Loss(double dense, double other) => Deciding.Loss(dense, other);

    /// <summary>Judges a folder: all metrics by name (of further texts with the text's name behind), sizes and bytes.</summary>
    public Dictionary<string, double> Judge(string folder, IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        using var model = LoadedModel.Load(folder, allowedConfig: _options.AllowedConfig, cancellation: cancellation);
        var values = new Dictionary<string, double>();
        foreach (var (suffix, task) in _judges)
        {
            var result = task.Evaluate(model.Evaluated, progress, cancellation);
            foreach (var (metric, value) in result.Metrics) values[metric + suffix] = value;
        }
        using var checkpoint = Checkpoint.Open(folder, _options.AllowedConfig);
        var counts = ParameterCounts.Of(checkpoint);
        values["block_parameters"] = counts.Blocks;
        values["parameters"] = counts.Total;
        return values;
    }

    static TaskOptions JudgedBy(string task, DataOptions data)
        => new() { Data = data, Windows = task == PerplexityTask.TaskName ? s_windows : new WindowOptions() };

    string TrainPath => _options.TrainData ?? _options.Data[0];

    /// <summary>Judges a folder on texts of the training data, for choices that what judges must not make.</summary>
    public Dictionary<string, double> JudgeSetAside(string folder, int seed, IProgress<ProgressReport>? progress,
        CancellationToken cancellation)
    {
        const int samples = 1000;
        var task = TaskRegistry.Create(_options.Task, JudgedBy(_options.Task, new DataOptions
        {
            Path = Texts(_options.Task, TrainPath).Path,
            MaxSamples = _options.Task == PerplexityTask.TaskName ? null : samples,
            // Drawn apart from those that calibrate; some may be the same, and the dense model has learnt from most.
            Seed = seed + 1,
        }), cancellation);
        using var model = LoadedModel.Load(folder, allowedConfig: _options.AllowedConfig, cancellation: cancellation);
        return new Dictionary<string, double> { [Metric] = task.Evaluate(model.Evaluated, progress, cancellation).Value };
    }

    /// <summary>The texts that statistics and repair see: without labels, never those that judge.</summary>
    public CalibrationOptions Calibration(int seed) => Calibration(_options.Task, TrainPath, seed);

    /// <summary>The same of another task's data.</summary>
    public CalibrationOptions Calibration(string task, string path, int seed) => new()
    {
        Data = Texts(task, path) with { MaxSamples = task == PerplexityTask.TaskName ? null : _options.CalibrationSamples },
        Windows = new WindowOptions { Windows = _options.CalibrationWindows },
        Seed = seed,
    };

    /// <summary>How a model is trained for the task.</summary>
    /// <param name="model">Folder.</param>
    /// <param name="teacher">Folder of the dense model; null for none.</param>
    /// <param name="output">Folder to write.</param>
    /// <param name="rate">Largest step size.</param>
    /// <param name="seed">Of the set-aside part, the order, dropout and a new head.</param>
    public FinetuneOptions Training(string model, string? teacher, string output, double rate, int seed) => new()
    {
        Model = model,
        Teacher = teacher,
        Output = output,
        Task = _options.Task switch
        {
            PerplexityTask.TaskName => CausalLanguageObjective.TaskName,
            StsBenchmarkTask.TaskName => SimilarityObjective.TaskName,
            _ => _options.Task,
        },
        Data = new DataOptions
        {
            Path = _options.Task == StsBenchmarkTask.TaskName ? Texts(_options.Task, TrainPath).Path : TrainPath,
            MaxSamples = _options.TrainSamples,
            // The same samples for all seeds that a comparison is made of.
            Seed = _options.Seeds[0],
        },
        AllowedConfig = _options.AllowedConfig,
        Training = new TrainingOptions
        {
            // An experiment without fine-tuning may need a dense model that knows the task.
            Epochs = teacher is null ? _options.DenseEpochs : _options.Epochs,
            MaxSteps = _options.MaxSteps,
            LearningRate = rate,
            Seed = seed,
        },
    };

    static DataOptions Texts(string task, string path)
    {
        if (GlueTasks.Find(task) is { } glue) return GlueReader.Texts(glue, path, GlueSplit.Train);
        if (task != StsBenchmarkTask.TaskName) return new DataOptions { Path = path };
        // Each sentence is embedded on its own.
        var pairs = GlueReader.Texts(GlueTasks.Find("glue-sts-b")!, path, GlueSplit.Train);
        return pairs with { TextColumns = [pairs.TextColumns[0], pairs.TextPairColumn!], TextPairColumn = null };
    }
}
