namespace FFSplit.Runtime.Generation;

/// <summary>Chooses the next token.</summary>
/// <param name="options">Valid.</param>
sealed class TokenSampler(GenerationOptions options)
{
    readonly Random _random = new(options.Seed);

    /// <summary>The next token's id.</summary>
    /// <param name="logits">Of all ids; changed in place.</param>
    /// <param name="before">Ids so far.</param>
    public int Next(Span<float> logits, IReadOnlyCollection<int> before)
    {
        if (options.RepetitionPenalty != 1)
            foreach (var id in before.ToHashSet())
                logits[id] = (float)(logits[id] < 0 ? logits[id] * options.RepetitionPenalty : logits[id] / options.RepetitionPenalty);
        return options.Temperature == 0 ? Largest(logits) : Draw(logits);
    }

    int Draw(ReadOnlySpan<float> logits)
    {
        var values = logits.ToArray();
        var order = Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take(options.TopK ?? values.Length).ToArray();
        var weights = Array.ConvertAll(order, i => Math.Exp((values[i] - values[order[0]]) / options.Temperature));
        var all = weights.Sum();
        var (kept, sum) = (0, 0.0);
        while (kept < weights.Length && sum < options.TopP * all) sum += weights[kept++];
        var point = _random.NextDouble() * sum;
        for (var i = 0; i < kept; i++)
            if ((point -= weights[i]) < 0) return order[i];
        return order[kept - 1];
    }

    static int Largest(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            if (logits[i] > logits[best]) best = i;
        return best;
    }
}
