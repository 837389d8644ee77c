using System.Buffers;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Finds added tokens in a text: leftmost first, of several that begin at one place the longest.</summary>
sealed class AddedTokenFinder
{
    readonly Dictionary<char, (string Pattern, AddedToken Token)[]> byFirst;
    readonly SearchValues<char> firsts;

    /// <param name="tokens">The tokens and the text by which each is found (its content, or that normalised).</param>
    internal AddedTokenFinder(IEnumerable<(string Pattern, AddedToken Token)> tokens)
    {
        byFirst = tokens.Where(t => t.Pattern.Length > 0).GroupBy(t => t.Pattern[0])
            .ToDictionary(g => g.Key, g => g.OrderByDescending(t => t.Pattern.Length).ToArray());
        firsts = SearchValues.Create([.. byFirst.Keys]);
    }

    internal bool IsEmpty => byFirst.Count == 0;

    /// <summary>Cuts a text into ranges that are an added token (its id) or not (null), in order, none of them empty.</summary>
    internal List<(int Start, int End, int? Id)> Cut(string text)
    {
        var result = new List<(int, int, int?)>();
        var done = 0; // what lies before is in the result
        for (var at = 0; at < text.Length;)
        {
            var offset = byFirst.Count == 0 ? -1 : text.AsSpan(at).IndexOfAny(firsts);
            if (offset < 0)
                break;
            at += offset;
            if (Match(text, at) is not { } match)
            {
                at++;
                continue;
            }
            var (start, end) = (at, at + match.Pattern.Length);
            at = end; // the search goes on behind the bare token, whatever becomes of it
            var token = match.Token;
            if (token.SingleWord && (EndsWithWord(text.AsSpan(0, start)) || StartsWithWord(text.AsSpan(end))))
                continue;
            if (token.LeftStrip)
                start = Math.Max(text.AsSpan(0, start).TrimEnd().Length, done);
            if (token.RightStrip)
                end = text.Length - text.AsSpan(end).TrimStart().Length;
            if (start > done)
                result.Add((done, start, null));
            result.Add((start, end, token.Id));
            done = end;
        }
        if (done < text.Length)
            result.Add((done, text.Length, null));
        return result;
    }

    (string Pattern, AddedToken Token)? Match(string text, int at)
    {
        foreach (var candidate in byFirst[text[at]])
            if (string.CompareOrdinal(text, at, candidate.Pattern, 0, candidate.Pattern.Length) == 0)
                return candidate;
        return null;
    }

    static bool EndsWithWord(ReadOnlySpan<char> text)
        => text.Length > 0 && Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done && ReferenceUnicode.IsWord(rune);

    static bool StartsWithWord(ReadOnlySpan<char> text)
        => text.Length > 0 && Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && ReferenceUnicode.IsWord(rune);
}
