using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Samples;

/// <summary>Chooses among samples so that the same data, options and seed always give the same ones.</summary>
public static class SampleSelection
{
    /// <summary>The samples without repetition of the same text, pair and label; the first of each stays where it was.</summary>
    public static IReadOnlyList<Sample> Distinct(IReadOnlyList<Sample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var seen = new HashSet<Sample>(samples.Count);
        return [.. samples.Where(seen.Add)];
    }

    /// <summary>The samples in an order that the seed decides (<see cref="SeededRandom.Shuffle"/>), cut to a number.</summary>
    /// <param name="samples">In the order of the data.</param>
    /// <param name="maxSamples">Null keeps all.</param>
    /// <param name="seed">Another seed, another choice.</param>
    public static IReadOnlyList<Sample> Choose(IReadOnlyList<Sample> samples, int? maxSamples, int seed)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var shuffled = samples.ToArray();
        new SeededRandom(seed).Shuffle<Sample>(shuffled);
        return Cut(shuffled, maxSamples);
    }

    /// <summary>What <see cref="DataOptions.Distinct"/>, <see cref="DataOptions.Shuffle"/> and
    /// <see cref="DataOptions.MaxSamples"/> ask for.</summary>
    public static IReadOnlyList<Sample> Apply(IReadOnlyList<Sample> samples, DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var kept = options.Distinct ? Distinct(samples) : samples;
        return options.Shuffle ? Choose(kept, options.MaxSamples, options.Seed) : Cut(kept, options.MaxSamples);
    }

    static IReadOnlyList<Sample> Cut(IReadOnlyList<Sample> samples, int? maxSamples)
    {
        if (maxSamples is not { } most) return samples;
        if (most < 1) throw new BadUsageException($"--max-samples takes a number of at least 1, not {most}.");
        return samples.Count <= most ? samples : [.. samples.Take(most)];
    }
}
