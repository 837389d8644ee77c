using FFSplit.Checkpoints;
using FFSplit.Compression.Analysis;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Statistics;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Compression.Jobs;

/// <summary>What to analyse.</summary>
public sealed record AnalyzeOptions
{
    /// <summary>The dense model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Where the statistics come from.</summary>
    public StatisticsInput Statistics { get; init; } = new();

    /// <summary>A second data file or folder, or a statistics file (.safetensors), that the heavy sets are compared with; null compares two
    /// halves.</summary>
    public string? Against { get; init; }

    /// <summary>Columns of <see cref="Against"/>, where that is a table.</summary>
    public IReadOnlyList<string> AgainstColumns { get; init; } = [];

    /// <summary>The fraction of neurons that count as heavy.</summary>
    public double Heavy { get; init; } = 0.25;

    /// <summary>The file to keep the statistics in; null keeps none.</summary>
    public string? Output { get; init; }

    /// <summary>Whether an existing <see cref="Output"/> may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Statistics.Validate();
        new Plans.PlanOptions { Sizes = new SplitSizes(Heavy) }.Validate();
        if (AgainstColumns.Count > 0 && Against is null) throw new BadUsageException("--against-text needs --against.");
        if (Output is not null) JobFiles.Check(Output, Force);
    }
}

/// <summary>Finds the heavy hitters of a model.</summary>
public static class AnalyzeJob
{
    const string StatisticsExtension = ".safetensors";

    /// <summary>Runs the model over text (or loads statistics), saves the statistics where asked to, and reports.</summary>
    /// <exception cref="BadInputException">Model or data cannot be used.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other, or an output that exists.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static HeavyHitterReport Run(AnalyzeOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        DenseModel.Require(checkpoint);
        // Not found after minutes of calibration would be late.
        if (options.Against is { } other && !Path.Exists(other))
            throw new BadInputException(other, "a data file, a folder of data files, or a statistics file", "nothing there",
                "Check the path given to --against.");
        var gathered = options.Statistics.Gather(checkpoint, text: null, progress, cancellation);
        List<string> notices = [.. gathered.Notices];
        var against = Against(checkpoint, options, notices, progress, cancellation);
        var report = Analyzer.Report(checkpoint, gathered.Statistics, against, gathered.Time, gathered.Generic, options.Heavy,
            [.. notices.Distinct()]);
        cancellation.ThrowIfCancellationRequested();
        if (options.Output is not null) StatisticsFile.Save(gathered.Statistics, options.Output);
        return report;
    }

    static NeuronStatistics? Against(Checkpoint checkpoint, AnalyzeOptions options, List<string> notices,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        if (options.Against is not { } path) return null;
        var calibration = options.Statistics.Calibration;
        var other = path.EndsWith(StatisticsExtension, StringComparison.OrdinalIgnoreCase)
            ? options.Statistics with { Files = [path], Calibration = calibration with { Data = null } }
            : options.Statistics with
            {
                Files = [],
                Calibration = calibration with
                {
                    Data = new DataOptions
                    {
                        Path = path,
                        TextColumns = options.AgainstColumns,
                        MaxSamples = calibration.Data?.MaxSamples
                    }
                },
            };
        var gathered = other.Gather(checkpoint, text: null, progress, cancellation);
        notices.AddRange(gathered.Notices);
        return gathered.Statistics;
    }
}
