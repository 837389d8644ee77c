using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Compression.Calibration;

/// <summary>Which text a model is calibrated on, and how much of it.</summary>
public sealed record CalibrationOptions
{
    /// <summary>The user's data; null for a small built-in text, which belongs to no task.</summary>
    public DataOptions? Data { get; init; }

    /// <summary>How text is cut for causal models; its token bound is <see cref="MaxTokens"/>.</summary>
    public WindowOptions Windows { get; init; } = new();

    /// <summary>Most tokens of a sample (encoders); null for what the folder says.</summary>
    public int? MaxLength { get; init; }

    /// <summary>At most so many real tokens.</summary>
    public long MaxTokens { get; init; } = WindowOptions.CalibrationTokens;

    /// <summary>Bounds of a batch.</summary>
    public BatchOptions Batches { get; init; } = new();

    /// <summary>Of the choice and order of samples.</summary>
    public int Seed { get; init; }

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="FFSplit.Checkpoints.BadUsageException">Names the option.</exception>
    public void Validate()
    {
        Data?.Validate();
        if (MaxTokens < 1) throw new Checkpoints.BadUsageException($"--max-tokens takes a number of at least 1, not {MaxTokens}.");
        Windows.Validate();
    }
}
