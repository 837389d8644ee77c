using System.Globalization;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Checkpoints.Batches;

/// <summary>Bounds how many tokens of a list of texts are looked at.</summary>
public static class TokenBudget
{
    /// <summary>The texts from the first on, as many whole ones as fit; the first in any case.</summary>
    /// <param name="texts">Encoded, in an order that does not matter (shuffled).</param>
    /// <param name="maxTokens">At least 1; special tokens count.</param>
    /// <returns>What is kept, and a sentence for the user where something was cut, else null.</returns>
    /// <exception cref="BadUsageException">A bound below 1.</exception>
    public static (IReadOnlyList<TokenizedText> Kept, string? Notice) Take(IReadOnlyList<TokenizedText> texts, long maxTokens)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (maxTokens < 1) throw new BadUsageException($"--max-tokens takes a number of at least 1, not {maxTokens}.");
        long total = 0;
        for (var i = 0; i < texts.Count; i++)
        {
            total += texts[i].Ids.Length;
            if (total <= maxTokens || i == 0) continue;
            var bound = maxTokens.ToString("N0", CultureInfo.InvariantCulture);
            return ([.. texts.Take(i)], $"Only {i} of {texts.Count} texts are taken: --max-tokens is {bound}.");
        }
        return (texts, null);
    }
}
