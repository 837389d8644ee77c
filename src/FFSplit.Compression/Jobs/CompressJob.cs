using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Native;

namespace FFSplit.Compression.Jobs;

/// <summary>What to compress.</summary>
public sealed record CompressOptions
{
    /// <summary>The dense model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>A plan for this model; null to make one from <see cref="Plan"/> and <see cref="Statistics"/>.</summary>
    public string? PlanFile { get; init; }

    /// <summary>Method, sizes, layers, where no plan is given.</summary>
    public PlanOptions Plan { get; init; } = new();

    /// <summary>Where statistics come from, if the plan needs any.</summary>
    public StatisticsInput Statistics { get; init; } = new();

    /// <summary>Element type of the FFNs' tensors; null keeps the source's.</summary>
    public DType? Type { get; init; }

    /// <summary>The folder to write; only an estimate can do without.</summary>
    public string? Output { get; init; }

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Plan.Validate();
        Statistics.Validate();
        if (Plan.Repair && Statistics.Calibration.Data is null)
            throw new BadUsageException("--repair: needs tokens to fit on, which neither a statistics file nor a plan holds. Give --data.");
    }
}

/// <summary>A split checkpoint that was written and opened again.</summary>
public sealed record CompressionResult
{
    /// <summary>The folder.</summary>
    public required string Output { get; init; }

    /// <summary>The dense model's folder name.</summary>
    public required string Model { get; init; }

    /// <summary>How FFNs were divided.</summary>
    public required string Method { get; init; }

    /// <summary>How neurons were scored; null where no choice was needed.</summary>
    public required string? Importance { get; init; }

    /// <summary>The calibration data in words; null where none was used.</summary>
    public required string? Data { get; init; }

    /// <summary>What was reached, counted in the written folder.</summary>
    public required CompressionSizes Sizes { get; init; }

    /// <summary>Bytes of the weight files.</summary>
    public required SizeChange FileBytes { get; init; }

    /// <summary>The job's time.</summary>
    public required double Seconds { get; init; }

    /// <summary>The most physical memory that the process has held.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>What repair did in each layer (null for one that is not split); null where there was none.</summary>
    public required IReadOnlyList<LayerRepair?>? Repair { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>Splits a model's FFNs and writes the split checkpoint.</summary>
public static class CompressJob
{
    /// <summary>Tells what it would take and give; writes nothing.</summary>
    /// <exception cref="BadInputException">Model, plan or data cannot be used.</exception>
    public static CompressionEstimate Estimate(CompressOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var checkpoint = Open(options);
        return CompressionEstimator.Estimate(checkpoint, options, ReadOrDraft(checkpoint, options), progress, cancellation);
    }

    /// <summary>Plans (or takes a plan), splits, writes, opens the result and counts it.</summary>
    /// <exception cref="BadInputException">Model, plan or data cannot be used.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other, or an output that exists.</exception>
    /// <exception cref="MachineLimitException">The disk has no room.</exception>
    public static CompressionResult Run(CompressOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var output = options.Output
            ?? throw new BadUsageException("--output: expected the folder to write, found nothing. Give -o FOLDER, or --dry-run.");
        var start = Stopwatch.GetTimestamp();
        using var checkpoint = Open(options);
        JobFiles.CheckFolder(output, checkpoint.Folder, options.Force);
        var plan = ReadOrDraft(checkpoint, options);
        var promised = CompressionSizes.Of(checkpoint, plan, options.Type);
        DiskSpace.CheckFreeSpace(Path.GetDirectoryName(Path.GetFullPath(output))!, CompressionEstimator.OutputBytes(checkpoint, promised));
        IReadOnlyList<string> notices = [];
        var text = plan.Repair ? options.Statistics.LoadText(checkpoint, progress, cancellation) : null;
        if (options.PlanFile is null) (plan, notices) = PlanJob.Make(checkpoint, options.Plan, options.Statistics, text, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        NativeMemory.Trim();
        var repair = text is null ? null : new RepairInput(text, new RepairOptions { MemoryLimit = options.Statistics.MemoryLimit });
        var repairs = SplitWriter.Write(checkpoint, plan, output, options.Type, options.Force, progress, repair, cancellation);

        using var written = Checkpoint.Open(output);
        var sizes = CompressionSizes.Of(checkpoint, plan, options.Type);
        var (counts, bytes) = (ParameterCounts.Of(written), written.Weights.Tensors.Values.Sum(t => t.ByteCount));
        if (counts.Blocks != sizes.BlockParameters.After || counts.Total != sizes.ModelParameters.After || bytes != sizes.TensorBytes.After)
            throw new InvalidOperationException($"{output} holds {counts.Total} parameters in {bytes} bytes; the plan promised "
                + $"{sizes.ModelParameters.After} in {sizes.TensorBytes.After}.");
        return new CompressionResult
        {
            Output = output,
            Model = plan.Model,
            Method = plan.Method,
            Importance = plan.Importance,
            Data = plan.Data,
            Sizes = sizes,
            FileBytes = new SizeChange(checkpoint.Weights.SizeOnDisk, written.Weights.SizeOnDisk),
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            PeakMemoryBytes = NativeMemory.PeakResidentBytes(),
            Repair = repairs,
            Notices = [.. notices, .. GrowthNotices(sizes), .. RepairNotices(repairs)],
        };
    }

    static IEnumerable<string> GrowthNotices(CompressionSizes sizes)
    {
        if (sizes.BlockParameters.After >= sizes.BlockParameters.Before)
            yield return "The split is no smaller than the dense model: give a smaller --heavy or --rank.";
    }

    static IEnumerable<string> RepairNotices(IReadOnlyList<LayerRepair?>? repairs)
    {
        var layers = repairs?.OfType<LayerRepair>().ToArray() ?? [];
        if (layers.Any(l => l.HeldOutTokens == 0)) yield return "The calibration text is a single sample: nothing could be held out, so nothing was repaired. Give more text.";
        else if (layers.Where(l => l.Tokens < (long)new RepairOptions().TokensPerFeature * l.Features).ToArray() is { Length: > 0 } few)
            yield return $"Repair fitted {few.Max(l => l.Features):N0} unknowns an output on {few.Min(l => l.Tokens):N0} tokens; at least {few.Max(l => l.Features) * (long)new RepairOptions().TokensPerFeature:N0} are better. Stronger ridges were tried as well; give more text.";
        if (layers.Count(l => !l.Kept) is > 0 and var rejected) yield return $"In {rejected} of {layers.Length} layers the repair did not lower the held-out error; they stay raw.";
    }

    static Checkpoint Open(CompressOptions options)
    {
        var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        try
        {
            DenseModel.Require(checkpoint);
            return checkpoint;
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    static CompressionPlan ReadOrDraft(Checkpoint checkpoint, CompressOptions options)
    {
        if (options.PlanFile is not { } path) return PlanJob.Draft(checkpoint, options.Plan);
        var plan = PlanFile.Read(path);
        PlanFile.CheckFits(plan, checkpoint, path);
        if (plan.Repair && options.Statistics.Calibration.Data is null)
            throw new BadUsageException($"{path}: the plan asks for a repair, and no plan holds tokens to fit on. Set its \"repair\" to false, "
                + "or leave out --plan and give --repair with --data.");
        return plan;
    }
}
