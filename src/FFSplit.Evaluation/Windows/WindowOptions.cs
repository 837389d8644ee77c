using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Windows;

/// <summary>How a long text is cut for a causal model.</summary>
public sealed record WindowOptions
{
    /// <summary>Calibration looks at no more tokens than this unless told otherwise.</summary>
    public const long CalibrationTokens = 131_072;

    /// <summary>So many windows at even distances; null takes all that fit side by side. Excludes <see cref="Stride"/>.</summary>
    public int? Windows { get; init; }

    /// <summary>Tokens of a window.</summary>
    public int Context { get; init; } = 256;

    /// <summary>Slides a window over the whole text by so many tokens, and predicts each token once; null for separate windows.</summary>
    /// <remarks>A small stride gives every token more context and costs Context / Stride passes.</remarks>
    public int? Stride { get; init; }

    /// <summary>At most so many tokens are looked at; null for no bound. Fewer windows, or a shorter text under a stride.</summary>
    public long? MaxTokens { get; init; }

    /// <summary>Holds the options against each other.</summary>
    /// <exception cref="BadUsageException">Options that contradict each other or lie outside their range.</exception>
    public void Validate()
    {
        if (Context < 2) throw new BadUsageException($"--context takes a number of at least 2, not {Context}.");
        if (Windows < 1) throw new BadUsageException($"--windows takes a number of at least 1, not {Windows}.");
        if (Stride is not null && Windows is not null) throw new BadUsageException("--windows and --stride exclude each other.");
        if (Stride < 1 || Stride > Context)
            throw new BadUsageException($"--stride takes a number from 1 to --context ({Context}), not {Stride}.");
        if (MaxTokens < Context)
            throw new BadUsageException($"--max-tokens {MaxTokens} is less than one window of {Context} tokens (--context).");
    }
}
