namespace FFSplit.Evaluation.Windows;

/// <summary>A stretch of a text's tokens that a causal model sees at once.</summary>
/// <param name="Start">Position of its first token in the text.</param>
/// <param name="Length">Tokens in it.</param>
/// <param name="FirstPredicted">Position within the window of the first token whose prediction counts; at least 1, for nothing predicts
/// a window's first token.</param>
public readonly record struct TokenWindow(int Start, int Length, int FirstPredicted)
{
    /// <summary>How many predictions of this window count.</summary>
    public int Predictions => Length - FirstPredicted;
}
