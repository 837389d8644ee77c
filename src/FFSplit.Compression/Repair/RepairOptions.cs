namespace FFSplit.Compression.Repair;

/// <summary>How a split is repaired in closed form.</summary>
public sealed record RepairOptions
{
    /// <summary>Ridges to choose from by the held-out tokens, as parts of the mean diagonal of Hᵀ H.</summary>
    public IReadOnlyList<double> Ridges { get; init; } = [1e-4, 1e-3, 1e-2, 1e-1];

    /// <summary>Further ridges where there are fewer tokens than <see cref="TokensPerFeature"/> times the features.</summary>
    public IReadOnlyList<double> StrongRidges { get; init; } = [1, 10];

    /// <summary>Tokens that a feature should have; fewer are warned of.</summary>
    public int TokensPerFeature { get; init; } = 5;

    /// <summary>Bytes of hidden states above which they lie in a scratch file.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;
}
