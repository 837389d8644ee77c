using System.Globalization;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Rewrites a pattern of Oniguruma (Ruby syntax), the engine behind Hugging Face's tokenizers, for .NET.</summary>
/// <remarks>What is not known to mean the same is refused by name, never passed on in the hope that it does.</remarks>
static class OnigurumaPattern
{
    /// <summary>Word characters of Unicode: alphabetic, marks, decimal digits, connectors, letters in circles;
    /// to Oniguruma the small digits and fractions of Latin-1, too.</summary>
    const string Word = @"\p{L}\p{Nl}\p{M}\p{Nd}\p{Pc}\u24B6-\u24E9\u00B2\u00B3\u00B9\u00BC-\u00BE";

    const string Categories =
        " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn ";

    /// <summary>The pattern for .NET, and the characters that it names, alone or as the two ends of a range.</summary>
    /// <exception cref="BadInputException">A construct that the two engines read differently, or that is not supported.</exception>
    internal static (string Pattern, List<(char First, char Last)> Named) Translate(string pattern, string thing)
    {
        var result = new StringBuilder(pattern.Length + 16);
        var named = NamedCharacters(pattern);
        var ignoreCase = new Stack<bool>();
        var inIgnoreCase = false;
        for (var i = 0; i < pattern.Length;)
        {
            var c = pattern[i];
            switch (c)
            {
                case '\\':
                    i = Escape(pattern, i, result, false, thing);
                    break;
                case '[':
                    i = Class(pattern, i, result, inIgnoreCase, thing);
                    break;
                case '(':
                    ignoreCase.Push(inIgnoreCase);
                    i = Group(pattern, i, result, ref inIgnoreCase, thing);
                    break;
                case ')':
                    inIgnoreCase = ignoreCase.Count > 0 && ignoreCase.Pop();
                    result.Append(c);
                    i++;
                    break;
                case '^': // Ruby's anchors are those of lines
                    result.Append(@"(?<=\A|\n)");
                    i++;
                    break;
                case '$':
                    result.Append(@"(?=\n|\z)");
                    i++;
                    break;
                case 's' or 'S' when inIgnoreCase: // Unicode folds the long s, .NET doesn't
                    result.Append("[sS\u017F]");
                    i++;
                    break;
                default:
                    if (char.IsSurrogate(c))
                        throw Unsupported(thing, pattern, "a character beyond U+FFFF");
                    result.Append(c);
                    i++;
                    break;
            }
        }
        return (result.ToString(), named);
    }

    static int Group(string pattern, int i, StringBuilder result, ref bool ignoreCase, string thing)
    {
        var rest = pattern.AsSpan(i);
        foreach (var opening in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:"])
            if (rest.StartsWith(opening, StringComparison.Ordinal))
            {
                ignoreCase |= opening == "(?i:";
                result.Append(opening);
                return i + opening.Length;
            }
        if (rest.StartsWith("(?", StringComparison.Ordinal))
            throw Unsupported(thing, pattern, $"the group \"{rest[..Math.Min(4, rest.Length)]}\"");
        result.Append('(');
        return i + 1;
    }

    static int Class(string pattern, int i, StringBuilder result, bool ignoreCase, string thing)
    {
        var folded = false;
        result.Append('[');
        i++;
        if (i < pattern.Length && pattern[i] == '^')
        {
            result.Append('^');
            i++;
        }
        for (var first = true; i < pattern.Length; first = false)
        {
            var c = pattern[i];
            if (c == ']' && !first)
            {
                result.Append(folded ? "\u017F]" : "]");
                return i + 1;
            }
            if (c == '\\')
            {
                i = Escape(pattern, i, result, true, thing);
                continue;
            }
            if (c == '[' || c == '&' && i + 1 < pattern.Length && pattern[i + 1] == '&')
                throw Unsupported(thing, pattern, "a set inside a set");
            if (char.IsSurrogate(c))
                throw Unsupported(thing, pattern, "a character beyond U+FFFF");
            // a range from a to z holds s; a set of single letters may name it
            folded |= ignoreCase && (c is 's' or 'S' || c == '-' && !first && i + 1 < pattern.Length && pattern[i + 1] != ']');
            result.Append(c == ']' ? @"\]" : c);
            i++;
        }
        throw Unsupported(thing, pattern, "a set without its end");
    }

    static int Escape(string pattern, int i, StringBuilder result, bool inClass, string thing)
    {
        if (i + 1 >= pattern.Length)
            throw Unsupported(thing, pattern, "a backslash at the end");
        var c = pattern[i + 1];
        switch (c)
        {
            case 'r' or 'n' or 't' or 'f' or 'v' or 's' or 'S' or 'd' or 'D':
                result.Append('\\').Append(c);
                return i + 2;
            case 'A' or 'z' when !inClass:
                result.Append('\\').Append(c);
                return i + 2;
            case 'w':
                result.Append(inClass ? Word : $"[{Word}]");
                return i + 2;
            case 'W' when !inClass:
                result.Append($"[^{Word}]");
                return i + 2;
            case 'p' or 'P':
                return Property(pattern, i, result, thing);
            case 'u' when Hex(pattern, i + 2, 4) is { } code:
                result.Append(@"\u").Append(code.ToString("X4", CultureInfo.InvariantCulture));
                return i + 6;
            case 'x' when pattern.IndexOf('}', i) is > 0 and var end && pattern[i + 2] == '{'
                          && Hex(pattern, i + 3, end - i - 3) is { } code and < 0xD800:
                result.Append(@"\u").Append(code.ToString("X4", CultureInfo.InvariantCulture));
                return end + 1;
        }
        if (char.IsAsciiLetterOrDigit(c) || char.IsSurrogate(c))
            throw Unsupported(thing, pattern, $@"the escape ""\{c}""");
        if (c is not ('_' or > '\x7F'))
            result.Append('\\');
        result.Append(c);
        return i + 2;
    }

    static int Property(string pattern, int i, StringBuilder result, string thing)
    {
        var end = pattern.IndexOf('}', i);
        if (end < 0 || pattern[i + 2] != '{')
            throw Unsupported(thing, pattern, $@"the escape ""\{pattern[i + 1]}"" without a name in braces");
        var name = pattern[(i + 3)..end];
        var negated = pattern[i + 1] == 'P' != name.StartsWith('^');
        if (!Categories.Contains($" {name.TrimStart('^')} ", StringComparison.Ordinal))
            throw Unsupported(thing, pattern, $@"the property ""{name}""");
        result.Append(negated ? @"\P{" : @"\p{").Append(name.TrimStart('^')).Append('}');
        return end + 1;
    }

    /// <summary>Every literal character beyond ASCII with what a hyphen joins to it. Rather too many than too few: they are only avoided.</summary>
    static List<(char First, char Last)> NamedCharacters(string pattern)
    {
        var literals = new List<(char Value, int Start, int End)>();
        for (var i = 0; i < pattern.Length; i++)
        {
            var digits = i + 2 < pattern.Length && pattern[i] == '\\' ? pattern[i + 1] switch { 'u' => 4, 'x' => pattern.IndexOf('}', i) - i - 3, _ => 0 } : 0;
            if (digits > 0 && Hex(pattern, pattern[i + 1] == 'u' ? i + 2 : i + 3, digits) is { } code and < 0x10000)
                literals.Add(((char)code, i, i + (pattern[i + 1] == 'u' ? 6 : digits + 4)));
            else
                literals.Add((pattern[i], i, i + 1));
        }
        var named = new List<(char, char)>();
        for (var i = 0; i < literals.Count; i++)
        {
            var last = literals.Find(l => l.Start == literals[i].End + 1);
            var isRange = literals[i].End < pattern.Length && pattern[literals[i].End] == '-' && last.Value > literals[i].Value;
            if (isRange || literals[i].Value > '\x7F')
                named.Add((literals[i].Value, isRange ? last.Value : literals[i].Value));
        }
        return named;
    }

    static int? Hex(string pattern, int start, int length)
        => length is > 0 and < 7 && start + length <= pattern.Length
           && int.TryParse(pattern.AsSpan(start, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? code
            : null;

    static BadInputException Unsupported(string thing, string pattern, string construct)
        => TokenizerErrors.Unsupported(thing, pattern, $"a pattern without {construct}");
}
