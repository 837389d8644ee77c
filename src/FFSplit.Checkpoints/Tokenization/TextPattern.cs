using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>A literal or a regular expression whose matches are found over code points, as Hugging Face's are.</summary>
/// <remarks>
/// .NET's Regex sees UTF-16 units and takes each half of a surrogate pair for a character of its own. So where a text holds characters
/// beyond U+FFFF, each is replaced by one that the pattern treats alike before matching, and the places are mapped back.
/// </remarks>
sealed class TextPattern
{
    readonly string text;
    readonly Regex? regex;
    readonly Lazy<StandIns> standIns;

    TextPattern(string text, Regex? regex, Func<char, bool> isNamed)
        => (this.text, this.regex, standIns) = (text, regex, new Lazy<StandIns>(() => new StandIns(isNamed)));

    /// <summary>The literal or the original expression.</summary>
    internal string Text => text;

    internal bool IsRegex => regex is not null;

    internal static TextPattern Literal(string text) => new(text, null, _ => false);

    /// <exception cref="BadInputException">The expression is not understood.</exception>
    internal static TextPattern Expression(string pattern, string thing)
    {
        var (translated, named) = OnigurumaPattern.Translate(pattern, thing);
        try
        {
            return new TextPattern(pattern, new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.Compiled),
                c => named.Any(range => c >= range.First && c <= range.Last));
        }
        catch (ArgumentException e)
        {
            throw TokenizerErrors.Unsupported(thing, pattern, $"a regular expression ({e.Message})");
        }
    }

    /// <summary>The matches from left to right, not overlapping, as ranges of UTF-16 units of <paramref name="input"/>.</summary>
    internal List<(int Start, int End)> Matches(string input)
    {
        var matches = new List<(int, int)>();
        if (regex is null)
        {
            for (var at = 0; text.Length > 0 && (at = input.IndexOf(text, at, StringComparison.Ordinal)) >= 0; at += text.Length)
                matches.Add((at, at + text.Length));
            return matches;
        }
        if (!StandIns.AreNeeded(input))
        {
            foreach (var match in regex.EnumerateMatches(input))
                matches.Add((match.Index, match.Index + match.Length));
            return matches;
        }
        var units = ArrayPool<char>.Shared.Rent(input.Length);
        var places = ArrayPool<int>.Shared.Rent(input.Length + 1);
        var count = 0;
        var place = 0;
        foreach (var rune in input.EnumerateRunes())
        {
            units[count] = standIns.Value.For(rune);
            places[count++] = place;
            place += rune.Utf16SequenceLength;
        }
        places[count] = place;
        foreach (var match in regex.EnumerateMatches(units.AsSpan(0, count)))
            matches.Add((places[match.Index], places[match.Index + match.Length]));
        ArrayPool<char>.Shared.Return(units);
        ArrayPool<int>.Shared.Return(places);
        return matches;
    }

    /// <summary>The text with each match replaced by <paramref name="content"/>, taken literally.</summary>
    internal string Replace(string input, string content)
    {
        if (regex is null)
            return text.Length == 0 ? input : input.Replace(text, content, StringComparison.Ordinal);
        var matches = Matches(input);
        if (matches.Count == 0)
            return input;
        var result = new StringBuilder(input.Length);
        var last = 0;
        foreach (var (start, end) in matches)
        {
            result.Append(input, last, start - last).Append(content);
            last = end;
        }
        return result.Append(input, last, input.Length - last).ToString();
    }
}
