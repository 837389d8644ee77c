using FFSplit.Checkpoints.Batches;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Finds a token's logits in a language model's output.</summary>
static class TokenLogits
{
    /// <summary>The logits at a token of a row: about the token after it.</summary>
    public static ReadOnlySpan<float> At(EvaluatedModel model, DenseArray? logits, Batch batch, int row, int token)
    {
        if (logits is not { Shape: [var rows, var length, var vocabulary] } || rows != batch.Rows || length != batch.Length)
            throw TaskErrors.Shape(model, nameof(ModelOutput.Logits), $"{batch.Rows}, {batch.Length}, vocabulary", logits);
        return logits.Values.AsSpan((row * batch.Length + token) * (int)vocabulary, (int)vocabulary);
    }
}
