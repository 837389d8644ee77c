using FFSplit.Checkpoints;

namespace FFSplit.Runtime.Generation;

/// <summary>How text is continued.</summary>
public sealed record GenerationOptions
{
    /// <summary>At most so many new tokens.</summary>
    public int MaxTokens { get; init; } = 128;

    /// <summary>0 always takes the likeliest token; above, logits are divided by it and one is drawn.</summary>
    public double Temperature { get; init; }

    /// <summary>Draws among so many likeliest tokens; null for all.</summary>
    public int? TopK { get; init; }

    /// <summary>Draws among the likeliest tokens whose probabilities first reach this sum.</summary>
    public double TopP { get; init; } = 1;

    /// <summary>Above 1: logits of tokens that occurred are divided by it, or multiplied where they are negative (arXiv 1909.05858).</summary>
    public double RepetitionPenalty { get; init; } = 1;

    /// <summary>Texts that end the generation; they are not given out.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Of what is drawn.</summary>
    public int Seed { get; init; }

    /// <summary>Checks the numbers.</summary>
    /// <exception cref="BadUsageException">Names the option, what it takes and what it got.</exception>
    public void Validate()
    {
        Require("max-tokens", MaxTokens >= 1, "a positive number", MaxTokens);
        Require("temperature", Temperature is >= 0 and < double.PositiveInfinity, "a number of at least 0", Temperature);
        Require("top-k", TopK is null or >= 1, "a positive number", TopK ?? 1);
        Require("top-p", TopP is > 0 and <= 1, "a number above 0 and at most 1", TopP);
        Require("repetition-penalty", RepetitionPenalty is > 0 and < double.PositiveInfinity, "a number above 0", RepetitionPenalty);
        if (Stop.Any(string.IsNullOrEmpty)) throw new BadUsageException("stop: expected texts, found an empty one.");

        static void Require(string name, bool holds, string expected, double found)
        {
            if (!holds) throw new BadUsageException($"{name}: expected {expected}, found {found}.");
        }
    }
}
