using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Statistics;

namespace FFSplit.Compression.Jobs;

/// <summary>Where a job gets neuron statistics from: saved files, or a run over text.</summary>
public sealed record StatisticsInput
{
    /// <summary>The text to run over, where no files are given.</summary>
    public CalibrationOptions Calibration { get; init; } = new();

    /// <summary>Saved statistics of the same model, which are merged; empty for a run.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Bytes that a run may keep of model and hidden states; see <see cref="StatisticsRun.Collect"/>.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;

    /// <summary>Checks what can be checked without a model.</summary>
    /// <param name="textRepairs">Whether text serves a repair too, so that it may stand beside <see cref="Files"/>.</param>
    /// <exception cref="BadUsageException">Names the option.</exception>
    public void Validate(bool textRepairs = false)
    {
        if (Files.Count > 0 && Calibration.Data is not null && !textRepairs)
            throw new BadUsageException("--statistics and --data exclude each other: statistics come from data already.");
        if (MemoryLimit < 1) throw new BadUsageException($"--memory: expected a positive size such as 1GB, found {MemoryLimit}.");
        if (Calibration.MaxLength < 1)
            throw new BadUsageException($"--max-length takes a number of at least 1, not {Calibration.MaxLength}.");
        JobFiles.RefuseTwice(Files, "--statistics");
        Calibration.Validate();
    }

    internal CalibrationSet LoadText(Checkpoint checkpoint, IProgress<ProgressReport>? progress, CancellationToken cancellation)
        => CalibrationSet.Load(checkpoint, TextTokenizer.Load(checkpoint.Folder), Calibration, progress, cancellation);

    /// <param name="checkpoint">The dense model.</param>
    /// <param name="text">The text where the caller has loaded it already.</param>
    /// <param name="progress">Told of the run.</param>
    /// <param name="cancellation">Stops the run.</param>
    internal GatheredStatistics Gather(Checkpoint checkpoint, CalibrationSet? text, IProgress<ProgressReport>? progress,
        CancellationToken cancellation)
    {
        if (Files.Count > 0)
        {
            var merged = StatisticsFile.Load(Files[0]);
            StatisticsFile.CheckFits(merged, checkpoint);
            foreach (var file in Files.Skip(1)) merged = merged.Merge(StatisticsFile.Load(file));
            return new GatheredStatistics(merged, null, false, []);
        }
        var set = text ?? LoadText(checkpoint, progress, cancellation);
        var (statistics, time) = StatisticsRun.Collect(checkpoint, set.Batches, set.Description, Calibration.Seed, MemoryLimit, progress,
            cancellation);
        return new GatheredStatistics(statistics, time, set.Generic, set.Notices);
    }
}

/// <summary>Statistics and how they came about.</summary>
/// <param name="Statistics">The sums.</param>
/// <param name="Time">Of the run; null where they were loaded.</param>
/// <param name="Generic">Whether the built-in text was used.</param>
/// <param name="Notices">What the user should know.</param>
sealed record GatheredStatistics(NeuronStatistics Statistics, RunTime? Time, bool Generic, IReadOnlyList<string> Notices);
