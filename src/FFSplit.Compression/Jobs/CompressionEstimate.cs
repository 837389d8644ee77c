namespace FFSplit.Compression.Jobs;

/// <summary>What compressing a model would take and give, told before anything is written.</summary>
public sealed record CompressionEstimate
{
    /// <summary>The model's folder name.</summary>
    public required string Model { get; init; }

    /// <summary>How FFNs are divided.</summary>
    public required string Method { get; init; }

    /// <summary>How neurons would be scored; null where no choice is needed.</summary>
    public required string? Importance { get; init; }

    /// <summary>Exact: what the result will be.</summary>
    public required CompressionSizes Sizes { get; init; }

    /// <summary>Bytes that will be written: tensors (exact) and the files that are copied or written beside them.</summary>
    public required long OutputBytes { get; init; }

    /// <summary>Free bytes where the output is to lie; null where no output was named or the system does not say.</summary>
    public required long? FreeDiskBytes { get; init; }

    /// <summary>Bytes in files for a time: hidden states of calibration or repair, and blocks that a repair has finished.</summary>
    public required long ScratchBytes { get; init; }

    /// <summary>Peak memory, estimated; the pages of the mapped weight file, which the system may take back, are not in it.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>Real tokens of calibration and repair; 0 where neither is run.</summary>
    public required long CalibrationTokens { get; init; }

    /// <summary>Seconds of calibration, estimated.</summary>
    public required double CalibrationSeconds { get; init; }

    /// <summary>Seconds of the repair, estimated; 0 where there is none.</summary>
    public required double RepairSeconds { get; init; }

    /// <summary>Seconds of splitting and writing, estimated.</summary>
    public required double SplitSeconds { get; init; }

    /// <summary>Of all.</summary>
    public double Seconds => CalibrationSeconds + RepairSeconds + SplitSeconds;

    /// <summary>What the estimates of time and memory rest on, in words.</summary>
    public required string Basis { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}
