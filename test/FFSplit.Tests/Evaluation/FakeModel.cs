using FFSplit.Checkpoints.Batches;

namespace FFSplit.Tests.Evaluation;

/// <summary>A model whose outputs a test computes by hand from the ids of a row's real tokens.</summary>
sealed class FakeModel : IBatchModel
{
    /// <summary>The embedding of a row.</summary>
    public Func<long[], float[]>? Embedding { get; init; }

    /// <summary>The logarithm of the probability of the token at a position of a row.</summary>
    public Func<long[], int, float>? LogProbability { get; init; }

    public List<Batch> Seen { get; } = [];

    public ModelOutputs Available =>
        (Embedding is null ? 0 : ModelOutputs.SentenceEmbedding) | (LogProbability is null ? 0 : ModelOutputs.NextTokenLogProbabilities);

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
                    values[r * width + t] = t + 1 < rows[r].Length ? LogProbability!(rows[r], t + 1) : float.NaN;
            output = output with { NextTokenLogProbabilities = new DenseArray([batch.Rows, width], values) };
        }
        return output;
    }

    public void Dispose() { }
}
