using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Metrics;

/// <summary>How an interval is drawn.</summary>
public sealed record BootstrapOptions
{
    /// <summary>How often the data is drawn again; 0 draws no interval.</summary>
    public int Resamples { get; init; } = 10_000;

    /// <summary>The share of resamples within the interval.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>Decides the draws.</summary>
    public int Seed { get; init; }

    /// <summary>Holds the options to their ranges.</summary>
    /// <exception cref="BadUsageException">A number of resamples below 0 (1 to 99 are too few for an interval), or a level that is no
    /// share.</exception>
    public void Validate()
    {
        if (Resamples is < 0 or (> 0 and < 100))
            throw new BadUsageException($"--bootstrap takes a number of at least 100, or 0 for no interval, not {Resamples}.");
        if (!(Level is > 0 and < 1)) throw new BadUsageException($"The level of an interval lies between 0 and 1, not {Level}.");
    }
}
