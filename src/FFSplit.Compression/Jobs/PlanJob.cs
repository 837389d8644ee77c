using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Plans;

namespace FFSplit.Compression.Jobs;

/// <summary>What to plan.</summary>
public sealed record PlanJobOptions
{
    /// <summary>The dense model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Method, sizes, layers.</summary>
    public PlanOptions Plan { get; init; } = new();

    /// <summary>Where statistics come from, if the plan needs any.</summary>
    public StatisticsInput Statistics { get; init; } = new();

    /// <summary>The file to write.</summary>
    public required string Output { get; init; }

    /// <summary>Whether an existing <see cref="Output"/> may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Plan.Validate();
        Statistics.Validate();
        JobFiles.Check(Output, Force);
    }
}

/// <summary>A plan that was written.</summary>
/// <param name="Output">The file.</param>
/// <param name="Model">The model's folder name.</param>
/// <param name="Method">How FFNs are divided.</param>
/// <param name="Importance">How neurons were scored; null where no choice was needed.</param>
/// <param name="Data">The calibration data in words; null where none was used.</param>
/// <param name="Sizes">What compressing by it will give.</param>
/// <param name="Notices">What the user should know.</param>
public sealed record PlanResult(string Output, string Model, string Method, string? Importance, string? Data, CompressionSizes Sizes,
    IReadOnlyList<string> Notices);

/// <summary>Decides which neurons are heavy and what stands for the others.</summary>
public static class PlanJob
{
    /// <summary>Plans and writes the plan.</summary>
    /// <exception cref="BadInputException">Model or data cannot be used.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other, or an output that exists.</exception>
    public static PlanResult Run(PlanJobOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        var (plan, notices) = Make(checkpoint, options.Plan, options.Statistics, text: null, progress, cancellation);
        AtomicFile.WriteAllText(options.Output, PlanFile.Format(plan));
        return new PlanResult(options.Output, plan.Model, plan.Method, plan.Importance, plan.Data,
            CompressionSizes.Of(checkpoint, plan, type: null), notices);
    }

    /// <summary>A plan with the right counts whose neurons are drawn at random: for sizes, without calibration.</summary>
    internal static CompressionPlan Draft(Checkpoint checkpoint, PlanOptions options)
        => Planner.Plan(checkpoint, null, options with { Importance = "random" });

    internal static (CompressionPlan Plan, IReadOnlyList<string> Notices) Make(Checkpoint checkpoint, PlanOptions options,
        StatisticsInput input, CalibrationSet? text, IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        // What is wrong with model or layers is said before the calibration.
        var draft = Draft(checkpoint, options);
        if (!Planner.NeedsStatistics(options))
            return (options.Importance == "random" ? draft : Planner.Plan(checkpoint, null, options), []);
        var gathered = input.Gather(checkpoint, text, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return (Planner.Plan(checkpoint, gathered.Statistics, options), gathered.Notices);
    }
}
