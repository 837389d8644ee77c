using System.Globalization;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Rewrites a pattern of Oniguruma (Ruby syntax), the engine behind Hugging Face's tokenizers, for .NET.</summary>
/// <remarks>What is not known to mean the same is refused by name, never passed on in the hope that it does.</remarks>
sealed class OnigurumaPattern
{
    /// <summary>Word characters of Unicode: alphabetic, marks, decimal digits, connectors, letters in circles;
    /// to Oniguruma the small digits and fractions of Latin-1, too.</summary>
    const string Word = @"\p{L}\p{Nl}\p{M}\p{Nd}\p{Pc}\u24B6-\u24E9\u00B2\u00B3\u00B9\u00BC-\u00BE";

    const string Categories =
        " L Lu Ll Lt Lm Lo M Mn Mc Me N Nd Nl No P Pc Pd Ps Pe Pi Pf Po S Sm Sc Sk So Z Zs Zl Zp C Cc Cf Cs Co Cn ";

    static readonly string[] Groups = ["(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>", "(?i:"];

    readonly string pattern;
    readonly string thing;
    readonly StringBuilder result = new();
    readonly List<(char First, char Last)> named = [];
    int at;
    bool ignoreCase;

    OnigurumaPattern(string pattern, string thing) => (this.pattern, this.thing) = (pattern, thing);

    /// <summary>The pattern for .NET, and the ranges of characters that it names (a single one is a range, too).</summary>
    /// <exception cref="BadInputException">A construct that the two engines read differently, or that is not supported.</exception>
    internal static (string Pattern, IReadOnlyList<(char First, char Last)> Named) Translate(string pattern, string thing)
    {
        var translation = new OnigurumaPattern(pattern, thing);
        translation.Run();
        return (translation.result.ToString(), translation.named);
    }

    void Run()
    {
        var outer = new Stack<bool>();
        while (at < pattern.Length)
        {
            var c = pattern[at];
            switch (c)
            {
                case '\\':
                    if (Escape(false) is { } literal)
                        named.Add((literal, literal));
                    break;
                case '[':
                    Set();
                    break;
                case '(':
                    outer.Push(ignoreCase);
                    Group();
                    break;
                case ')':
                    ignoreCase = outer.Count > 0 && outer.Pop();
                    Take(")");
                    break;
                case '^': // Ruby's anchors are those of lines
                    Take(@"(?<=\A|\n)");
                    break;
                case '$':
                    Take(@"(?=\n|\z)");
                    break;
                case 's' or 'S' when ignoreCase: // Unicode folds the long s, .NET doesn't
                    Take("[sS\u017F]");
                    break;
                default:
                    named.Add((Literal(c), c));
                    Take(c.ToString());
                    break;
            }
        }
    }

    /// <summary>Appends the translation of the next <paramref name="length"/> characters.</summary>
    void Take(string translated, int length = 1)
    {
        result.Append(translated);
        at += length;
    }

    void Group()
    {
        var rest = pattern[at..];
        if (Array.Find(Groups, opening => rest.StartsWith(opening, StringComparison.Ordinal)) is { } known)
        {
            ignoreCase |= known == "(?i:";
            Take(known, known.Length);
        }
        else if (rest.StartsWith("(?", StringComparison.Ordinal))
            throw Unsupported($"the group \"{rest[..Math.Min(4, rest.Length)]}\"");
        else
            Take("(");
    }

    void Set()
    {
        Take("[");
        if (Peek(0) == '^')
            Take("^");
        var first = at;
        var folds = false;
        char? from = null; // the last literal, which a hyphen may make the start of a range
        var inRange = false;
        while (Peek(0) is { } c)
        {
            char? literal;
            if (c == ']' && at > first)
            {
                Take(folds ? "\u017F]" : "]");
                return;
            }
            if (c == '[' || c == '&' && Peek(1) == '&')
                throw Unsupported("a set inside a set");
            if (c == '-' && from is not null && !inRange && Peek(1) is not (']' or null))
            {
                inRange = true;
                Take("-");
                continue;
            }
            if (c == '\\')
                literal = Escape(true);
            else
            {
                literal = Literal(c);
                Take(c is ']' or '-' ? "\\" + c : c.ToString());
            }
            if (inRange && literal is null)
                throw Unsupported("a range that ends with a class");
            if (literal is { } last)
            {
                var start = inRange ? from!.Value : last;
                named.Add((start, last));
                folds |= ignoreCase && (start <= 's' && 's' <= last || start <= 'S' && 'S' <= last);
            }
            from = inRange ? null : literal;
            inRange = false;
        }
        throw Unsupported("a set without its end");
    }

    /// <returns>The character that it stands for; null for a class or an anchor.</returns>
    char? Escape(bool inSet)
    {
        switch (Peek(1))
        {
            case ('r' or 'n' or 't' or 'f' or 'v') and var control:
                Take("\\" + control, 2);
                return control switch { 'r' => '\r', 'n' => '\n', 't' => '\t', 'f' => '\f', _ => '\v' };
            case ('s' or 'S' or 'd' or 'D') and var kind:
                Take("\\" + kind, 2);
                return null;
            case ('A' or 'z') and var anchor when !inSet:
                Take("\\" + anchor, 2);
                return null;
            case 'w':
                Take(inSet ? Word : $"[{Word}]", 2);
                return null;
            case 'W' when !inSet:
                Take($"[^{Word}]", 2);
                return null;
            case 'p' or 'P':
                Property();
                return null;
            case 'u':
                return CodePoint(2, 4, 6);
            case 'x' when Peek(2) == '{':
                var digits = pattern.IndexOf('}', at) - at - 3;
                return CodePoint(3, digits, digits + 4);
            case { } c when !char.IsAsciiLetterOrDigit(c):
                Take(c is '_' or > '\x7F' ? Literal(c).ToString() : "\\" + c, 2);
                return c;
            case var other:
                throw Unsupported($@"the escape ""\{other}""");
        }
    }

    char CodePoint(int start, int digits, int length)
    {
        var isNumber = digits is >= 1 and <= 6 && at + start + digits <= pattern.Length;
        var text = isNumber ? pattern.AsSpan(at + start, digits) : "";
        if (!int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            throw Unsupported("a code point that is no hexadecimal number");
        var c = code > char.MaxValue ? throw Unsupported("a character beyond U+FFFF") : Literal((char)code);
        Take(@"\u" + code.ToString("X4", CultureInfo.InvariantCulture), length);
        return c;
    }

    void Property()
    {
        var end = pattern.IndexOf('}', at);
        if (end < 0 || Peek(2) != '{')
            throw Unsupported($@"the escape ""\{Peek(1)}"" without a name in braces");
        var name = pattern[(at + 3)..end];
        var negated = Peek(1) == 'P' != name.StartsWith('^');
        name = name.TrimStart('^');
        if (!Categories.Contains($" {name} ", StringComparison.Ordinal))
            throw Unsupported($@"the property ""{name}""");
        Take($@"\{(negated ? 'P' : 'p')}{{{name}}}", end + 1 - at);
    }

    char? Peek(int ahead) => at + ahead < pattern.Length ? pattern[at + ahead] : null;

    char Literal(char c) => char.IsSurrogate(c) ? throw Unsupported("a character beyond U+FFFF") : c;

    BadInputException Unsupported(string construct) => TokenizerErrors.Unsupported(thing, pattern, $"a pattern without {construct}");
}
