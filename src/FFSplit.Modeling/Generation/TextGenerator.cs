using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Modeling.Generation;

/// <summary>Writes on from a prompt with a causal model: enough to look at what a compressed model says, without a cache of keys and values.</summary>
public static class TextGenerator
{
    /// <summary>Continues a prompt.</summary>
    /// <param name="loaded">A causal language model.</param>
    /// <param name="prompt">At least one token.</param>
    /// <param name="tokens">How many to add; fewer where the model's positions or its end token stop it.</param>
    /// <param name="topK">Drawn among so many of the likeliest tokens; 1 is greedy.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <returns>Prompt and continuation.</returns>
    /// <exception cref="BadInputException">The model is not a causal language model.</exception>
    public static string Continue(LoadedModel loaded, string prompt, int tokens, int topK = 20, long seed = 0, CancellationToken cancellation = default)
    {
        if (!loaded.Model.Architecture.Generates)
            throw new BadInputException(loaded.Evaluated.Name, "a causal language model", loaded.Model.Architecture.ModelType, "Use a decoder with its language-model head.");
        var random = new SeededRandom(seed);
        var ids = loaded.Tokenizer.Encode(prompt).Ids.Select(i => (long)i).ToList();
        for (var i = 0; i < tokens && ids.Count < loaded.Evaluated.MaxLength; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var batch = new Batch(1, ids.Count, [.. ids], [.. Enumerable.Repeat(1L, ids.Count)]);
            var logits = loaded.Model.Run(batch, ModelOutputs.Logits).Logits!;
            var vocabulary = (int)logits.Shape[^1];
            var next = Draw(logits.Values.AsSpan((ids.Count - 1) * vocabulary, vocabulary), topK, random);
            if (next == loaded.Tokenizer.EndOfSequenceId) break;
            ids.Add(next);
        }
        return loaded.Tokenizer.Decode([.. ids.Select(i => (int)i)], skipSpecialTokens: true);
    }

    static int Draw(ReadOnlySpan<float> logits, int topK, SeededRandom random)
    {
        var order = Enumerable.Range(0, logits.Length).ToArray();
        float[] values = [.. logits];
        Array.Sort(order, (a, b) => values[b].CompareTo(values[a]) is var c and not 0 ? c : a.CompareTo(b));
        var largest = values[order[0]];
        double[] weights = [.. order.Take(topK).Select(i => Math.Exp(values[i] - largest))];
        var point = random.NextBelow(1 << 30) / (double)(1 << 30) * weights.Sum();
        for (var i = 0; i < weights.Length; i++)
            if ((point -= weights[i]) < 0) return order[i];
        return order[0];
    }
}
