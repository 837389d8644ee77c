using FFSplit.Checkpoints;

namespace FFSplit.Compression.Statistics;

/// <summary>The statistics of all layers over one calibration, in two halves whose sum is the whole, so that stability can be told from one run.</summary>
/// <param name="Source">What they were collected on.</param>
/// <param name="First">Every other sample.</param>
/// <param name="Second">The rest.</param>
public sealed record NeuronStatistics(StatisticsSource Source, StatisticsHalf First, StatisticsHalf Second)
{
    /// <summary>Both halves together.</summary>
    public StatisticsHalf Whole { get; } = First + Second;

    /// <summary>Adds what was collected elsewhere on the same model.</summary>
    /// <exception cref="BadInputException">The statistics belong to another model.</exception>
    public NeuronStatistics Merge(NeuronStatistics other)
    {
        if (other.Source.ModelHash != Source.ModelHash)
            throw new BadInputException($"Statistics of {other.Source.Model}", $"statistics of the model with hash {Source.ModelHash}", other.Source.ModelHash,
                "Merge only statistics that were collected on the same weights.");
        return new NeuronStatistics(Source with { Data = $"{Source.Data} + {other.Source.Data}" }, First + other.First, Second + other.Second);
    }
}

/// <summary>Where statistics come from.</summary>
/// <param name="Model">The model's folder name.</param>
/// <param name="ModelHash">Hash of its weights.</param>
/// <param name="Data">The calibration data, in words.</param>
/// <param name="Seed">Of the choice of samples.</param>
public sealed record StatisticsSource(string Model, string ModelHash, string Data, long Seed);

/// <summary>One half of a calibration.</summary>
/// <param name="Tokens">Real tokens.</param>
/// <param name="Layers">One entry a block.</param>
public sealed record StatisticsHalf(long Tokens, IReadOnlyList<LayerStatistics> Layers)
{
    /// <summary>Adds two.</summary>
    public static StatisticsHalf operator +(StatisticsHalf left, StatisticsHalf right)
        => new(left.Tokens + right.Tokens, [.. left.Layers.Zip(right.Layers, (a, b) => a + b)]);

    /// <summary>Adds two.</summary>
    public static StatisticsHalf Add(StatisticsHalf left, StatisticsHalf right) => left + right;
}
