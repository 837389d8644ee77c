using System.Diagnostics;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>A part of the text on its way to the model.</summary>
/// <param name="Text">Never empty.</param>
/// <param name="AtStart">Whether the whole input begins with it.</param>
readonly record struct TextPiece(string Text, bool AtStart);

/// <summary>Runs pre-tokenizer steps.</summary>
static class PreTokenizerRunner
{
    /// <summary>GPT-2's pattern, from its tokenizer's source: contractions, letters, digits, others, white space.</summary>
    const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    static readonly TextPattern Gpt2Pattern = TextPattern.Expression(Gpt2, "GPT-2's pattern");

    internal static IReadOnlyList<TextPiece> Run(PreTokenizerStep? step, IReadOnlyList<TextPiece> pieces)
    {
        switch (step)
        {
            case null:
                return pieces;
            case PreTokenizerStep.Sequence s:
                return s.Steps.Aggregate(pieces, (current, next) => Run(next, current));
        }
        var result = new List<TextPiece>();
        foreach (var piece in pieces)
            Split(step, piece, result);
        return result;
    }

    static void Split(PreTokenizerStep step, TextPiece piece, List<TextPiece> result)
    {
        var text = piece.Text;
        switch (step)
        {
            case PreTokenizerStep.Bert:
                Bert(piece, result);
                break;
            case PreTokenizerStep.ByteLevel b:
                if (b.AddPrefixSpace && text[0] != ' ')
                    text = " " + text;
                if (!b.UseRegex)
                    result.Add(new TextPiece(ByteAlphabet.Encode(text), piece.AtStart));
                else
                    foreach (var (start, end) in PieceCutter.Cut(Gpt2Pattern.Matches(text), text.Length, SplitBehavior.Isolated, false))
                        result.Add(new TextPiece(ByteAlphabet.Encode(text.AsSpan(start, end - start)), piece.AtStart && start == 0));
                break;
            case PreTokenizerStep.Split s:
                Cut(s.Pattern.Matches(text), s.Behavior, s.Invert);
                break;
            case PreTokenizerStep.Digits d:
                Cut(Each(ReferenceUnicode.IsNumeric), d.Individual ? SplitBehavior.Isolated : SplitBehavior.Contiguous, false);
                break;
            case PreTokenizerStep.Punctuation p:
                Cut(Each(ReferenceUnicode.IsBertPunctuation), p.Behavior, false);
                break;
            case PreTokenizerStep.WhitespaceSplit:
                Cut(Each(Rune.IsWhiteSpace), SplitBehavior.Removed, false);
                break;
            case PreTokenizerStep.Whitespace:
                Cut(Runs(text), SplitBehavior.Removed, true);
                break;
            case PreTokenizerStep.Metaspace m:
                text = text.Replace(" ", m.Replacement, StringComparison.Ordinal);
                if (!text.StartsWith(m.Replacement, StringComparison.Ordinal)
                    && (m.Prepend == PrependScheme.Always || m.Prepend == PrependScheme.First && piece.AtStart))
                    text = m.Replacement + text;
                if (m.SplitWords)
                    Cut(TextPattern.Literal(m.Replacement).Matches(text), SplitBehavior.MergedWithNext, false);
                else
                    result.Add(new TextPiece(text, piece.AtStart));
                break;
            default:
                throw new UnreachableException(step.GetType().Name);
        }

        void Cut(List<(int Start, int End)> matches, SplitBehavior behavior, bool invert)
        {
            foreach (var (start, end) in PieceCutter.Cut(matches, text.Length, behavior, invert))
                result.Add(new TextPiece(text[start..end], piece.AtStart && start == 0));
        }

        List<(int Start, int End)> Each(Func<Rune, bool> isMatch)
        {
            var matches = new List<(int, int)>();
            var at = 0;
            foreach (var rune in text.EnumerateRunes())
            {
                if (isMatch(rune))
                    matches.Add((at, at + rune.Utf16SequenceLength));
                at += rune.Utf16SequenceLength;
            }
            return matches;
        }
    }

    /// <summary>Cuts at white space, which goes, and around each punctuation mark, in one pass.</summary>
    static void Bert(TextPiece piece, List<TextPiece> result)
    {
        var text = piece.Text;
        var start = 0;
        var at = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var length = rune.Utf16SequenceLength;
            var isSpace = Rune.IsWhiteSpace(rune);
            if (isSpace || ReferenceUnicode.IsBertPunctuation(rune))
            {
                Add(start, at);
                if (!isSpace)
                    Add(at, at + length);
                start = at + length;
            }
            at += length;
        }
        Add(start, at);

        void Add(int from, int to)
        {
            if (to > from)
                result.Add(new TextPiece(text[from..to], piece.AtStart && from == 0));
        }
    }

    /// <summary>\w+|[^\w\s]+</summary>
    static List<(int Start, int End)> Runs(string text)
    {
        var matches = new List<(int, int)>();
        var (at, start, kind) = (0, 0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var next = ReferenceUnicode.IsWord(rune) ? 1 : Rune.IsWhiteSpace(rune) ? 0 : 2;
            if (next != kind)
            {
                if (kind != 0)
                    matches.Add((start, at));
                (start, kind) = (at, next);
            }
            at += rune.Utf16SequenceLength;
        }
        if (kind != 0)
            matches.Add((start, at));
        return matches;
    }
}
