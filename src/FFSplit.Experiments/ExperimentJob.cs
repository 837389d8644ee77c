using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;
using FFSplit.Modeling.Training;

namespace FFSplit.Experiments;

/// <summary>Runs an experiment and writes its report.</summary>
public static class ExperimentJob
{
    /// <summary>Runs it, or goes on where an earlier run was stopped.</summary>
    /// <param name="name">One of <see cref="ExperimentCatalog.All"/>.</param>
    /// <param name="options">What on.</param>
    /// <param name="progress">Told of the long parts.</param>
    /// <param name="notify">Told of each step.</param>
    /// <param name="cancellation">Leaves all that was finished.</param>
    /// <returns>The report and the files that it was written to.</returns>
    /// <exception cref="BadUsageException">No such experiment, options that contradict each other or those of the unfinished run, or
    /// a report there that holds what this one would not.</exception>
    /// <exception cref="BadInputException">Model or data cannot be used.</exception>
    public static (ExperimentReport Report, IReadOnlyList<string> Files) Run(string name, ExperimentOptions options,
        IProgress<ProgressReport>? progress = null, Action<string>? notify = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var experiment = ExperimentCatalog.Find(name) ?? throw new BadUsageException(
            $"There is no experiment '{name}'. The experiments are {string.Join(", ", ExperimentCatalog.All.Select(e => e.Name))}.");
        options.Validate();
        if (options.Methods.Count > 0 && !experiment.TakesMethods) throw NoUse("--methods");
        if (options.Others.Count > 0 && !experiment.TakesOthers) throw NoUse("--other");
        if (experiment.NeedsTask) options.RequireTask();
        else if (options.Task.Length > 0) throw new BadUsageException($"--task: the experiment {name} looks at the model alone. Leave it out.");
        var subject = experiment.NeedsTask ? Subject.Open(options, cancellation) : null;
        var (model, task) = (Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Model))),
            experiment.NeedsTask ? options.Task : "model");
        var stem = SafeName.Of($"{name}-{model}-{task}");
        var (fingerprint, machine) = (Fingerprint(name, options), Machine.Current(TorchSharp.torch.get_num_threads()));
        var earlier = EarlierReport.Find(Path.Combine(options.Output, stem + ".json"), fingerprint, options.Force);
        var work = WorkFolder.Open(Path.Combine(options.WorkFolder, stem), fingerprint, options.Restart);
        if (work.IsNew && !options.Restart) earlier.TakeUp(fingerprint, machine, work, notify);
        var bench = new Workbench(options, subject, work, progress, notify, cancellation);
        var found = experiment.Run(bench);
        var report = new ExperimentReport
        {
            Experiment = name,
            Model = model,
            Task = task,
            Title = found.Title,
            Command = options.Command,
            Options = fingerprint,
            Deciding = subject?.Deciding,
            Date = DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            Machine = machine,
            ToolVersion = Checkpoints.ToolVersion.Current,
            Seeds = [.. options.Seeds.Select(s => (long)s)],
            Seconds = bench.Seconds,
            Paragraph = found.Paragraph,
            Findings = found.Findings,
            Tables = found.Tables,
            Charts = found.Charts,
            Measurements = bench.Measurements,
            Notices = [.. bench.Notices, .. Trained(bench) ? [ComputeTypes.Decide(ComputeType.Auto).Sentence] : (string[])[]],
        };
        if (!options.Force) earlier.RequireAll(report.Measurements);
        return (report, ReportFolder.Write(report, options.Output));

        BadUsageException NoUse(string option) => new($"{option}: the experiment {name} has no use for it. Leave it out.");
    }

    // Said of every run alike, also of one that found all its models trained.
    static bool Trained(Workbench bench) => bench.Options.Epochs > 0
        && bench.Measurements.Any(m => m.Name.EndsWith("tuned", StringComparison.Ordinal) || m.Name.Contains("learning rate", StringComparison.Ordinal));

    // The further seeds only add repetitions: a run may be continued with more of them.
    static Dictionary<string, string> Fingerprint(string name, ExperimentOptions options)
    {
        using var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["NAME"] = name,
            ["MODEL"] = checkpoint.Weights.Hash,
            ["--task"] = options.Task,
            ["--data"] = string.Join(", ", options.Data),
            ["--train-data"] = options.TrainData ?? "none",
            ["--other"] = string.Join(", ", options.Others.Select(o => $"{o.Task}={o.Path}")),
            ["--seeds (the first)"] = Text(options.Seeds[0]),
            ["--heavy"] = Text(options.Sizes.Heavy),
            ["--rank"] = Text(options.Sizes.Rank),
            ["--calibration-samples"] = Text(options.CalibrationSamples),
            ["--calibration-windows"] = Text(options.CalibrationWindows),
            ["--epochs"] = Text(options.Epochs),
            ["--dense-epochs"] = Text(options.DenseEpochs),
            ["--max-steps"] = Text(options.MaxSteps),
            ["--train-samples"] = Text(options.TrainSamples),
            ["--learning-rates"] = string.Join(",", options.LearningRates.Select(r => Text(r))),
            ["--tuned-learning-rates"] = options.TunedLearningRates.Count == 0 ? "none"
                : string.Join(",", options.TunedLearningRates.Select(r => Text(r))),
        };
    }

    static string Text<T>(T value) => value is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{value}");
}
