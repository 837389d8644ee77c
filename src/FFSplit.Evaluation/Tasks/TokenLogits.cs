using FFSplit.Checkpoints.Batches;

namespace FFSplit.Evaluation.Tasks;

/// <summary>A language model's logits: how many at once, and those of one token.</summary>
static class TokenLogits
{
    /// <summary>Smaller batches for a large vocabulary: logits are one array of tokens × vocabulary.</summary>
    public static BatchOptions Bounds(BatchOptions batches, EvaluatedModel model) => batches with
    {
        MaxTokens = (int)Math.Clamp(VocabularyProbe.MostValues / Math.Max(1, model.Tokenizer.VocabularySize), 1, batches.MaxTokens),
    };

    /// <summary>The logits at a token of a row: about the token after it.</summary>
    public static ReadOnlySpan<float> At(EvaluatedModel model, DenseArray? logits, Batch batch, int row, int token)
    {
        if (logits is not { Shape: [var rows, var length, var vocabulary] } || rows != batch.Rows || length != batch.Length)
            throw TaskErrors.Shape(model, nameof(ModelOutput.Logits), $"{batch.Rows}, {batch.Length}, vocabulary", logits);
        return logits.Values.AsSpan((row * batch.Length + token) * (int)vocabulary, (int)vocabulary);
    }
}
