using FFSplit.Checkpoints;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Timing;

namespace FFSplit.Experiments.Benching;

/// <summary>What to time beside each other.</summary>
public sealed record BenchOptions
{
    /// <summary>Folders, dense, split or exported; the first is what the others are held against.</summary>
    public required IReadOnlyList<string> Models { get; init; }

    /// <summary>Texts of a batch; null for 8, or 1 where decoding is timed.</summary>
    public int? Batch { get; init; }

    /// <summary>Tokens of each text; of the prompt where decoding is timed.</summary>
    public int Length { get; init; } = 128;

    /// <summary>Whether the tokens after a prompt are timed, one by one, with the cache of an exported causal language model.</summary>
    public bool Decode { get; init; }

    /// <summary>Texts of a batch, as decided.</summary>
    public int Rows => Batch ?? (Decode ? 1 : 8);

    /// <summary>Threads; null for all.</summary>
    public int? Threads { get; init; }

    /// <summary>Whether an exported model's threads keep their processors busy within a run while they wait for work.</summary>
    public bool Spinning { get; init; }

    /// <summary>How often each runs, in turn; so many tokens are decoded.</summary>
    public int Rounds { get; init; } = 30;

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        if (Models.Count == 0) throw new BadUsageException("bench: expected at least one model, found none.");
        foreach (var (name, value) in new[] { ("--batch", Rows), ("--length", Length), ("--rounds", Rounds), ("--threads", Threads ?? 1) })
            if (value < 1) throw new BadUsageException($"{name}: expected a positive number, found {value}.");
    }
}

/// <summary>What one model did.</summary>
/// <param name="Name">The folder's.</param>
/// <param name="Milliseconds">Median time of a batch, or of a token for each text.</param>
/// <param name="Milliseconds95">Time that 95 of 100 batches kept to.</param>
/// <param name="TokensPerSecond">By the median.</param>
/// <param name="Ratio">How many times as fast as the first, median over the rounds; 1 for the first.</param>
/// <param name="RatioLow">Lower end of its 95 % interval, by resampling the rounds.</param>
/// <param name="RatioHigh">Upper end.</param>
/// <param name="Agreement">Mean cosine of its outputs to the first one's on the timed batch; null where they do not compare.
/// Where decoding is timed these are the logits after the prompt and the next three tokens.</param>
/// <param name="CacheAgreement">Mean cosine of these logits to the model's own without a cache; null where decoding is not timed.</param>
/// <param name="GigaflopsPerSecond">10⁹ operations a second by the median, by <see cref="RunCounts"/>, a multiply-accumulate being two;
/// null where an older version exported the folder, which does not say what a run computes.</param>
/// <param name="GigabytesPerSecond">10⁹ bytes of weights a second by the median, each that a run needs read once; null likewise.</param>
public sealed record BenchRow(string Name, double Milliseconds, double Milliseconds95, double TokensPerSecond, double Ratio, double RatioLow,
    double RatioHigh, double? Agreement, double? CacheAgreement = null, double? GigaflopsPerSecond = null,
    double? GigabytesPerSecond = null);

/// <summary>All models and on what.</summary>
/// <param name="Machine">Processor and cores.</param>
/// <param name="Batch">Texts.</param>
/// <param name="Length">Tokens of each, or of its prompt.</param>
/// <param name="Threads">Threads; null for all.</param>
/// <param name="Rounds">Runs of each.</param>
/// <param name="PeakMemoryBytes">Most that the process held, all models together.</param>
/// <param name="Rows">In the order given.</param>
/// <param name="Peaks">What the machine itself reached; null in files of older versions.</param>
/// <param name="Decode">Whether a run was one token more for each text, after the prompt and those before.</param>
/// <param name="Spinning">Whether exported models' threads spun.</param>
public sealed record BenchResult(Machine Machine, int Batch, int Length, int? Threads, int Rounds, long PeakMemoryBytes,
    IReadOnlyList<BenchRow> Rows, MachinePeaks? Peaks = null, bool Decode = false,
    bool Spinning = false);
