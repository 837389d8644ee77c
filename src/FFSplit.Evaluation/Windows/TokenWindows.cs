using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Evaluation.Windows;

/// <summary>Cuts a text into the windows on which perplexity is measured and causal models are calibrated.</summary>
public static class TokenWindows
{
    /// <summary>Tokenises the whole text at once, without special tokens, and cuts it.</summary>
    /// <exception cref="BadInputException">A text of fewer than two tokens.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public static TokenWindowSet Cut(string text, ITextTokenizer tokenizer, WindowOptions options)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        return Cut(tokenizer.Encode(text, addSpecialTokens: false).Ids, options);
    }

    /// <summary>Cuts tokens into windows as the options say. Where not even one whole window fits, all tokens are one short
    /// window.</summary>
    /// <exception cref="BadInputException">Fewer than two tokens.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public static TokenWindowSet Cut(int[] ids, WindowOptions options)
    {
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (ids.Length < 2)
            throw new BadInputException("the text", "at least two tokens", Count(ids.Length), "Give a longer text.");
        var notices = new List<string>();
        var windows = options.Stride is { } stride
            ? Slide(ids.Length, stride, options, notices)
            : Separate(ids.Length, options, notices);
        return new TokenWindowSet(ids, windows, notices);
    }

    /// <summary>
    /// Where windows begin: window i of N at floor(i · (total − context) / (N − 1)), so that the first begins with the text and the
    /// last ends with it; a single one begins with the text. No two overlap.
    /// </summary>
    /// <param name="total">Tokens of the text, at least <paramref name="count"/> · <paramref name="context"/>.</param>
    /// <param name="context">Tokens of a window.</param>
    /// <param name="count">How many windows, N.</param>
    public static int[] EvenStarts(int total, int context, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(total, (long)count * context);
        var starts = new int[count];
        for (var i = 1; i < count; i++)
            starts[i] = (int)((long)i * (total - context) / (count - 1));
        return starts;
    }

    static List<TokenWindow> Separate(int total, WindowOptions options, List<string> notices)
    {
        var context = options.Context;
        var fitting = total / context;
        if (fitting == 0)
        {
            notices.Add($"The text has {Count(total)}, less than one window of {context}: all of it is one short window.");
            return [new TokenWindow(0, total, 1)];
        }
        var wanted = options.Windows ?? fitting;
        var count = Math.Min(wanted, fitting);
        var sideBySide = count == fitting;
        if (fitting < wanted)
            notices.Add(
                $"{wanted} windows were asked for, but only {fitting} whole ones of {context} tokens fit: all are taken, without overlap.");
        if (options.MaxTokens is { } bound && bound / context < count)
        {
            notices.Add($"Only {bound / context} of {count} windows are taken, at even distances: --max-tokens is {Number(bound)}.");
            count = (int)(bound / context);
            sideBySide = false;
        }
        var starts = sideBySide
            ? Enumerable.Range(0, count).Select(i => i * context)
            : EvenStarts(total, context, count);
        return [.. starts.Select(s => new TokenWindow(s, context, 1))];
    }

    static List<TokenWindow> Slide(int total, int stride, WindowOptions options, List<string> notices)
    {
        if (options.MaxTokens is { } bound && bound < total)
        {
            notices.Add($"Only the first {Number(bound)} of {Count(total)} are looked at (--max-tokens).");
            total = (int)bound;
        }
        var windows = new List<TokenWindow>();
        var predicted = 1;
        for (var start = 0; predicted < total; start += stride)
        {
            var end = Math.Min(start + options.Context, total);
            // With a stride of the whole context the first token of a later window has nothing before it and is never predicted.
            windows.Add(new TokenWindow(start, end - start, Math.Max(1, predicted - start)));
            predicted = end;
        }
        // Such a last window may hold that one token alone.
        windows.RemoveAll(w => w.Predictions == 0);
        return windows;
    }

    static string Count(int tokens) => tokens == 1 ? "1 token" : $"{Number(tokens)} tokens";

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
