using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Runs decoder steps.</summary>
static class DecoderRunner
{
    /// <summary>The text of the tokens; without a decoder they are joined by spaces.</summary>
    internal static string Run(DecoderStep? step, IReadOnlyList<string> tokens)
        => step is null ? string.Join(' ', tokens) : string.Concat(Chain(step, tokens));

    static IReadOnlyList<string> Chain(DecoderStep step, IReadOnlyList<string> tokens) => step switch
    {
        DecoderStep.Sequence s => s.Steps.Aggregate(tokens, (current, next) => Chain(next, current)),
        DecoderStep.WordPiece w => [.. tokens.Select((token, i) => WordPiece(w, token, i == 0))],
        DecoderStep.ByteLevel => [ByteLevel(tokens)],
        DecoderStep.BytePair b => b.Suffix.Length == 0 ? tokens :
            [.. tokens.Select((token, i) => token.Replace(b.Suffix, i == tokens.Count - 1 ? "" : " ", StringComparison.Ordinal))],
        DecoderStep.Replace r => [.. tokens.Select(token => r.Pattern.Replace(token, r.Content))],
        DecoderStep.ByteFallback => ByteFallback(tokens),
        DecoderStep.Fuse => [string.Concat(tokens)],
        DecoderStep.Strip s => [.. tokens.Select(token => Strip(s, token))],
        DecoderStep.Metaspace m => [.. tokens.Select((token, i) => token.Replace(
            m.Replacement, i == 0 && m.Prepend != PrependScheme.Never ? "" : " ", StringComparison.Ordinal))],
        _ => throw new UnreachableException(step.GetType().Name),
    };

    static string WordPiece(DecoderStep.WordPiece step, string token, bool isFirst)
    {
        if (!isFirst)
            token = token.StartsWith(step.Prefix, StringComparison.Ordinal) ? token[step.Prefix.Length..] : " " + token;
        return !step.CleanUp ? token : token
            .Replace(" .", ".", StringComparison.Ordinal).Replace(" ?", "?", StringComparison.Ordinal)
            .Replace(" !", "!", StringComparison.Ordinal).Replace(" ,", ",", StringComparison.Ordinal)
            .Replace(" ' ", "'", StringComparison.Ordinal).Replace(" n't", "n't", StringComparison.Ordinal)
            .Replace(" 'm", "'m", StringComparison.Ordinal).Replace(" do not", " don't", StringComparison.Ordinal)
            .Replace(" 's", "'s", StringComparison.Ordinal).Replace(" 've", "'ve", StringComparison.Ordinal)
            .Replace(" 're", "'re", StringComparison.Ordinal);
    }

    static string ByteLevel(IReadOnlyList<string> tokens)
    {
        var bytes = new List<byte>();
        foreach (var token in tokens)
            ByteAlphabet.Decode(token, bytes);
        return Encoding.UTF8.GetString([.. bytes]);
    }

    /// <summary>Runs of tokens like &lt;0xE2&gt; become the text of their bytes, or one replacement character for each byte.</summary>
    static List<string> ByteFallback(IReadOnlyList<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        var bytes = new List<byte>();
        foreach (var token in tokens)
        {
            if (token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
                && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var b))
            {
                bytes.Add(b);
                continue;
            }
            Flush();
            result.Add(token);
        }
        Flush();
        return result;

        void Flush()
        {
            if (bytes.Count == 0)
                return;
            byte[] run = [.. bytes];
            bytes.Clear();
            if (System.Text.Unicode.Utf8.IsValid(run))
                result.Add(Encoding.UTF8.GetString(run));
            else
                result.AddRange(Enumerable.Repeat("\uFFFD", run.Length));
        }
    }

    static string Strip(DecoderStep.Strip step, string token)
    {
        for (var n = 0; n < step.Start && token.StartsWith(step.Content, StringComparison.Ordinal); n++)
            token = token[step.Content.Length..];
        for (var n = 0; n < step.Stop && token.EndsWith(step.Content, StringComparison.Ordinal); n++)
            token = token[..^step.Content.Length];
        return token;
    }
}
