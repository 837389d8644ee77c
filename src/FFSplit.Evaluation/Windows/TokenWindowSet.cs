using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Evaluation.Windows;

/// <summary>A text's tokens and the windows cut from them.</summary>
/// <param name="Ids">All tokens of the text, without special tokens.</param>
/// <param name="Windows">At least one, in the order of the text.</param>
/// <param name="Notices">Sentences that the user should see: fewer windows than asked for, a bound that cut.</param>
public sealed record TokenWindowSet(int[] Ids, IReadOnlyList<TokenWindow> Windows, IReadOnlyList<string> Notices)
{
    /// <summary>Tokens that a model is run on, those that overlapping windows share counted each time.</summary>
    public long TokenCount => Windows.Sum(w => (long)w.Length);

    /// <summary>Predictions that count.</summary>
    public long PredictionCount => Windows.Sum(w => (long)w.Predictions);

    /// <summary>The windows as batches; <see cref="IndexedBatch.Indices"/> are positions in <see cref="Windows"/>.</summary>
    /// <param name="options">Bounds of a batch.</param>
    /// <param name="padId">The tokenizer's pad id.</param>
    public IReadOnlyList<IndexedBatch> ToBatches(BatchOptions options, int? padId)
    {
        var texts = new TokenizedText[Windows.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            var window = Windows[i];
            texts[i] = new TokenizedText(Ids.AsSpan(window.Start, window.Length).ToArray(), new int[window.Length]);
        }
        return BatchBuilder.Pack(texts, options, padId, withTypeIds: false);
    }
}
