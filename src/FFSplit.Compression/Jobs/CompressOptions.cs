using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;

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

    /// <summary>Where statistics come from, if the plan needs any. Beside a plan or files of statistics, which choose the neurons, its text
    /// serves the repair alone.</summary>
    public StatisticsInput Statistics { get; init; } = new();

    /// <summary>Element type of the FFNs' tensors; null keeps the source's.</summary>
    public DType? Type { get; init; }

    /// <summary>The folder to write; only an estimate can do without.</summary>
    public string? Output { get; init; }

    /// <summary>Where a repair that was broken off lies, which the same command goes on from; null without an output.</summary>
    public string? UnfinishedRepair => Output is null ? null : RepairFolder.PathFor(Output);

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Whether an unfinished repair is thrown away instead of gone on with.</summary>
    public bool Restart { get; init; }

    /// <summary>Whether the user gave text, which a repair can be fitted on.</summary>
    internal bool HasText => Statistics.Calibration.Data is not null;

    /// <summary><see cref="Plan"/> with the choice about repair made.</summary>
    internal PlanOptions Decided => Plan with { Repair = Plan.Repairs(HasText) };

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Decided.Validate();
        Statistics.Validate(textRepairs: true);
        if (Plan.Repair == true && !HasText)
            throw new BadUsageException("--repair: needs tokens of your own text to fit on, which neither statistics nor a plan hold. Give --data as well.");
        if (PlanFile is null && Statistics.Files.Count > 0) RequireUseForText(Decided.Repair == true, "--statistics");
    }

    /// <summary>Text that neither chooses neurons nor repairs them would be read for nothing.</summary>
    /// <param name="repairs">Whether there will be a repair.</param>
    /// <param name="chooser">The option that chooses the neurons.</param>
    /// <exception cref="BadUsageException">It would.</exception>
    internal void RequireUseForText(bool repairs, string chooser)
    {
        if (HasText && !repairs)
            throw new BadUsageException($"--data: beside {chooser} its text serves the repair alone, and there is none: not every method has one "
                + "by default. Give --repair, or leave out --data.");
    }
}
