using FFSplit.Checkpoints.Batches;

namespace FFSplit.Tests.Evaluation;

/// <summary>A model whose outputs a test computes by hand from the ids of a row's real tokens.</summary>
sealed class FakeModel : IBatchModel
{
    /// <summary>The embedding of a row.</summary>
    public Func<long[], float[]>? Embedding { get; init; }

    /// <summary>The logarithm of the probability of the token at a position of a row.</summary>
    public Func<long[], int, float>? LogProbability { get; init; }

    /// <summary>The logits of a row: a classifier's or a regression's.</summary>
    public Func<long[], float[]>? Logits { get; init; }

    /// <summary>The logits over the vocabulary at a position of a row, which are about the next token; log probabilities follow from them.</summary>
    public Func<long[], int, float[]>? TokenLogits { get; init; }

    /// <summary>Whether <see cref="TokenLogits"/> are those of a causal model.</summary>
    public bool Causal { get; init; } = true;

    public List<Batch> Seen { get; } = [];

    public ModelOutputs Available =>
        (Embedding is null ? 0 : ModelOutputs.SentenceEmbedding) | (LogProbability is null ? 0 : ModelOutputs.NextTokenLogProbabilities)
        | (Logits is null && TokenLogits is null ? 0 : ModelOutputs.Logits)
        | (TokenLogits is not null && Causal ? ModelOutputs.NextTokenLogProbabilities : 0);

    public ModelOutput Run(Batch batch, ModelOutputs wanted)
    {
        Seen.Add(batch);
        var rows = Enumerable.Range(0, batch.Rows).Select(r => Enumerable.Range(0, batch.Length)
            .Where(t => batch.AttentionMask[r * batch.Length + t] == 1)
            .Select(t => batch.InputIds[r * batch.Length + t]).ToArray()).ToArray();
        var output = new ModelOutput();
        if (wanted.HasFlag(ModelOutputs.SentenceEmbedding))
        {
            var vectors = rows.Select(Embedding!).ToArray();
            output = output with { SentenceEmbedding = new DenseArray([batch.Rows, vectors[0].Length], [.. vectors.SelectMany(v => v)]) };
        }
        if (wanted.HasFlag(ModelOutputs.NextTokenLogProbabilities))
        {
            var width = batch.Length - 1;
            var values = new float[batch.Rows * width];
            for (var r = 0; r < rows.Length; r++)
                for (var t = 0; t < width; t++)
                    values[r * width + t] = t + 1 < rows[r].Length ? NextToken(rows[r], t + 1) : float.NaN;
            output = output with { NextTokenLogProbabilities = new DenseArray([batch.Rows, width], values) };
        }
        if (wanted.HasFlag(ModelOutputs.Logits) && Logits is not null)
        {
            var logits = rows.Select(Logits).ToArray();
            output = output with { Logits = new DenseArray([batch.Rows, logits[0].Length], [.. logits.SelectMany(v => v)]) };
        }
        else if (wanted.HasFlag(ModelOutputs.Logits))
        {
            var vocabulary = TokenLogits!(rows[0], 0).Length;
            var padding = Enumerable.Repeat(float.NaN, vocabulary).ToArray();
            var logits = rows.SelectMany(row => Enumerable.Range(0, batch.Length).SelectMany(t => t < row.Length ? TokenLogits(row, t) : padding));
            output = output with { Logits = new DenseArray([batch.Rows, batch.Length, vocabulary], [.. logits]) };
        }
        return output;
    }

    float NextToken(long[] row, int position)
    {
        if (LogProbability is not null) return LogProbability(row, position);
        var logits = TokenLogits!(row, position - 1);
        return logits[row[position]] - (float)Math.Log(logits.Sum(l => Math.Exp(l)));
    }

    public void Dispose() { }
}
