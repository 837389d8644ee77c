using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Embeds sentences in batches and puts the vectors back into the order of the sentences.</summary>
public static class SentenceEmbedder
{
    /// <summary>Embeds each sentence after <see cref="EvaluatedModel.Preparation"/>.</summary>
    /// <param name="model">A model that gives sentence embeddings.</param>
    /// <param name="sentences">Not empty.</param>
    /// <param name="batches">Bounds of a batch.</param>
    /// <param name="progress">Told after every batch.</param>
    /// <param name="cancel">Looked at before every batch.</param>
    /// <returns>A vector for each sentence, and the tokens that the model was run on.</returns>
    public static (float[][] Vectors, long Tokens) Embed(
        EvaluatedModel model,
        IReadOnlyList<string> sentences,
        BatchOptions batches,
        IProgress<ProgressReport>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(sentences);
        TextInput[] inputs = [.. sentences.Select(s => new TextInput(model.Preparation?.Apply(s) ?? s))];
        var vectors = new float[inputs.Length][];
        long tokens = 0, done = 0;
        foreach (var (batch, indices) in BatchBuilder.Build(model.Tokenizer, inputs, model.MaxLength, batches, progress, cancel))
        {
            cancel.ThrowIfCancellationRequested();
            var output = model.Model.Run(batch, ModelOutputs.SentenceEmbedding).SentenceEmbedding;
            if (output is not { Shape: [var rows, var width] } || rows != batch.Rows)
                throw TaskErrors.Shape(model, nameof(ModelOutput.SentenceEmbedding), $"{batch.Rows}, dimension", output);
            for (var row = 0; row < indices.Length; row++)
                vectors[indices[row]] = output.Values.AsSpan(row * (int)width, (int)width).ToArray();
            tokens += batch.TokenCount;
            done += batch.Rows;
            progress?.Report(new ProgressReport("embedding sentences", done, inputs.Length));
        }
        return (vectors, tokens);
    }
}
