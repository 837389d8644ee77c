using FFSplit.Checkpoints;
using FFSplit.Evaluation;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Compression.Jobs;

/// <summary>Which models to judge, on what.</summary>
public sealed record EvaluateOptions
{
    /// <summary>Folders, dense or split; the first is what the others are held against.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>One of <see cref="TaskRegistry.Tasks"/>.</summary>
    public required string Task { get; init; }

    /// <summary>The data that judges.</summary>
    public required DataOptions Data { get; init; }

    /// <summary>How a long text is cut.</summary>
    public WindowOptions Windows { get; init; } = new();

    /// <summary>Most tokens of a text; null for what each folder says.</summary>
    public int? MaxLength { get; init; }

    /// <summary>How much worse than the first a later model may be; null asks for nothing.</summary>
    public double? MaxDrop { get; init; }

    /// <summary>Which output of the models stands for which label; null where the models' own names say it.</summary>
    public IReadOnlyDictionary<string, int>? LabelMap { get; init; }

    /// <summary>How the intervals of the differences are drawn.</summary>
    public BootstrapOptions Bootstrap { get; init; } = new();

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option.</exception>
    public void Validate()
    {
        if (Models.Count == 0) throw new BadUsageException("evaluate: expected at least one model, found none.");
        if (!TaskRegistry.Tasks.Any(t => t.Name == Task))
            throw new BadUsageException($"--task: expected one of {string.Join(", ", TaskRegistry.Tasks.Select(t => t.Name))}, found "
                + $"'{Task}'.");
        if (MaxDrop is { } drop && !(drop >= 0)) throw new BadUsageException($"--max-drop: expected a number of at least 0, found {drop}.");
        if (MaxLength < 1) throw new BadUsageException($"--max-length takes a number of at least 1, not {MaxLength}.");
        Data.Validate();
        Windows.Validate();
        Bootstrap.Validate();
    }
}

/// <summary>Judges several models side by side.</summary>
public static class EvaluateJob
{
    /// <summary>Runs the task on one model after the other, each alone in memory.</summary>
    /// <param name="options">Which models, on what.</param>
    /// <param name="opener">Knows the folders.</param>
    /// <param name="progress">Told of the long parts.</param>
    /// <param name="cancellation">Stops the work.</param>
    /// <exception cref="BadInputException">A model or the data cannot be used.</exception>
    public static Comparison Run(EvaluateOptions options, IModelOpener opener, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(opener);
        options.Validate();
        // Before the data, which may be long to read.
        var outputs = options.Models.Select(opener.Outputs).ToArray();
        var task = TaskRegistry.Create(options.Task,
            new TaskOptions { Data = options.Data, Windows = options.Windows, LabelMap = options.LabelMap }, cancellation);
        // What is wrong with a later model is said before the first has run for minutes.
        foreach (var (folder, available) in options.Models.Zip(outputs)) task.Require(Name(folder, options.Models), available);
        var runs = new List<ITaskRun>();
        foreach (var folder in options.Models)
        {
            var name = Name(folder, options.Models);
            var model = opener.Open(folder, name, options.MaxLength, cancellation);
            using var loaded = model.Model;
            var surroundings = new RunOptions
            {
                First = runs.FirstOrDefault(),
                WillBeCompared = options.Models.Count > 1,
                Progress = progress is null || options.Models.Count == 1 ? progress : new NamedProgress(name, progress),
            };
            runs.Add(task.Run(model, surroundings, cancellation));
        }
        progress?.Report(new ProgressReport("drawing intervals", 0, 0));
        return Comparison.OfRuns(runs, options.MaxDrop, options.Bootstrap, cancellation);
    }

    // The folder's own name, unless another model has the same.
    static string Name(string folder, IReadOnlyList<string> all)
        => all.Count(other => Short(other) == Short(folder)) == 1 ? Short(folder) : folder;

    static string Short(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
}
