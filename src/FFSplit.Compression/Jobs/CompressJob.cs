using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Files;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Native;

namespace FFSplit.Compression.Jobs;

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
        DiskSpace.CheckFreeSpace(Path.GetDirectoryName(Path.GetFullPath(output))!, CompressionEstimator.OutputBytes(checkpoint, promised)
            + (plan.Repair ? SplitWriter.BlockBytes(checkpoint, plan, options.Type) : 0));
        List<string> notices = [.. RepairNotices.WhyOff(options)];
        var text = plan.Repair ? options.Statistics.LoadText(checkpoint, progress, cancellation) : null;
        if (text is not null && plan.Layers.Any(l => l.Kind is LightKind.Linear)) RequireHeldOut(text);
        if (options.PlanFile is null)
        {
            (plan, var gathered) = PlanJob.Make(checkpoint, options.Decided, options.Statistics, text, progress, cancellation);
            notices.AddRange((text?.Notices ?? []).Union(gathered));
        }
        else notices.AddRange(text?.Notices ?? []);
        // Elsewhere one text does both.
        if (text is not null && (options.PlanFile is not null || options.Statistics.Files.Count > 0)) plan = RepairedOn(plan, text.Description);
        cancellation.ThrowIfCancellationRequested();
        NativeMemory.Trim();
        if (options.Restart) RepairFolder.Remove(RepairFolder.PathFor(output));
        var repair = text is null ? null : new RepairInput(text, new RepairOptions { MemoryLimit = options.Statistics.MemoryLimit })
        {
            Resumable = true,
            Notify = notices.Add,
        };
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
            Notices = [.. notices, .. GrowthNotices(sizes), .. RepairNotices.Of(repairs)],
        };
    }

    static IEnumerable<string> GrowthNotices(CompressionSizes sizes)
    {
        if (sizes.Layers.Any(l => l.Light == LightKind.Dense.Name()))
            yield return "The light neurons are kept whole, so nothing is smaller yet: 'ffsplit quantize' gives them fewer bits than the heavy ones.";
        else if (sizes.BlockParameters.After >= sizes.BlockParameters.Before)
            yield return "The split is no smaller than the dense model: give a smaller --heavy or --rank.";
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
        if (options.PlanFile is not { } path) return PlanJob.Draft(checkpoint, options.Decided);
        var plan = PlanFile.Read(path);
        // What a plan asks for counts as asked for, unless the user says otherwise.
        var asked = options.Plan with { Method = plan.Method, Repair = options.Plan.Repair ?? (plan.Repair ? true : null) };
        plan = plan with { Repair = asked.Repairs(options.HasText) };
        PlanFile.CheckFits(plan, checkpoint, path);
        if (plan.Repair && !options.HasText)
            throw new BadUsageException($"{path}: the plan asks for a repair, and no plan holds tokens to fit on. Give --data as well, or "
                + "--no-repair for its raw split.");
        options.RequireUseForText(plan.Repair, "--plan");
        return plan;
    }

    // A linear light part has no raw form to fall back to.
    static void RequireHeldOut(CalibrationSet text)
    {
        if (!text.HeldOut.Any(rows => rows.Contains(true)))
            throw new BadInputException(text.Description, "at least two samples, to fit a linear light part and to judge it",
                $"one of {text.Tokens} tokens", "Give more text, or --light none.");
    }

    // The plan of a repaired model says what that was repaired on.
    static CompressionPlan RepairedOn(CompressionPlan plan, string text)
    {
        const string said = "; repaired on ";
        return plan with { Data = (plan.Data ?? "no text").Split(said)[0] + said + text };
    }
}
