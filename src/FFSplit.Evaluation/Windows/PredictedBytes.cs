using System.Text;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Evaluation.Windows;

/// <summary>Counts the bytes of text that a window's predictions are about.</summary>
static class PredictedBytes
{
    /// <summary>UTF-8 bytes of the text that each window's predicted tokens stand for: what they add to the decoded token before them,
    /// since some tokenizers take a space off the front of a text. A character cut in two by a window's edge counts as the replacement
    /// character's 3 bytes: at most 3 bytes a window are wrong.</summary>
    public static long[] Of(TokenWindowSet set, ITextTokenizer tokenizer)
    {
        var bytes = new long[set.Windows.Count];
        for (var i = 0; i < bytes.Length; i++)
        {
            var window = set.Windows[i];
            var before = window.Start + window.FirstPredicted - 1;
            var all = new ArraySegment<int>(set.Ids, before, window.Predictions + 1);
            bytes[i] = Count(tokenizer.Decode(all)) - Count(tokenizer.Decode(all[..1]));
        }
        return bytes;
    }

    static int Count(string text) => Encoding.UTF8.GetByteCount(text);
}
