namespace FFSplit.Checkpoints.Batches;

/// <summary>How large a batch may become. Results are the same for every size; speed and peak memory are not.</summary>
public sealed record BatchOptions
{
    /// <summary>At most so many rows.</summary>
    public int MaxRows { get; init; } = 64;

    /// <summary>At most so many tokens, padding included; a single longer text is a batch of its own.</summary>
    /// <remarks>The activations of a forward pass grow with this number.</remarks>
    public int MaxTokens { get; init; } = 4096;

    /// <summary>Throws where a bound is not positive.</summary>
    /// <exception cref="BadUsageException">A bound below 1.</exception>
    public void Validate()
    {
        if (MaxRows < 1) throw new BadUsageException($"The rows of a batch must be at least 1, not {MaxRows}.");
        if (MaxTokens < 1) throw new BadUsageException($"The tokens of a batch must be at least 1, not {MaxTokens}.");
    }
}
