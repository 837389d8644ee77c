using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Modeling.Training.Data;

/// <summary>Something to learn from.</summary>
/// <param name="Text">Encoded text, pair of texts, or window.</param>
/// <param name="Other">The second sentence, where both are embedded on their own; else null.</param>
/// <param name="Target">Index of the label, or score; without meaning for language models.</param>
public sealed record Example(TokenizedText Text, TokenizedText? Other = null, double Target = 0)
{
    /// <summary>Tokens of the longer text.</summary>
    public int Length => Math.Max(Text.Ids.Length, Other?.Ids.Length ?? 0);
}
