using System.Diagnostics;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Runs normalizer steps.</summary>
static class NormalizerRunner
{
    internal static string Run(NormalizerStep? step, string text) => step switch
    {
        null => text,
        NormalizerStep.Sequence s => s.Steps.Aggregate(text, (current, next) => Run(next, current)),
        NormalizerStep.Bert b => Bert(b, text),
        NormalizerStep.Unicode u => ReferenceUnicode.Normalize(text, u.Form),
        NormalizerStep.Lowercase => Lower(text),
        NormalizerStep.StripAccents => Drop(text, ReferenceUnicode.IsCombiningMark),
        NormalizerStep.Strip s => Strip(s, text),
        NormalizerStep.Prepend p => text.Length == 0 ? text : p.Text + text,
        NormalizerStep.Replace r => r.Pattern.Replace(text, r.Content),
        NormalizerStep.ByteLevel => ByteAlphabet.Encode(text),
        _ => throw new UnreachableException(step.GetType().Name),
    };

    static string Bert(NormalizerStep.Bert step, string text)
    {
        if (step.CleanText || step.SpaceAroundIdeographs)
            text = CleanAndSpace(step, text);
        if (step.DropAccents)
            text = Drop(ReferenceUnicode.Normalize(text, NormalizationForm.FormD), ReferenceUnicode.IsNonSpacingMark);
        return step.ToLower ? Lower(text) : text;
    }

    static string CleanAndSpace(NormalizerStep.Bert step, string text)
    {
        var result = new StringBuilder(text.Length + 16);
        foreach (var rune in text.EnumerateRunes())
        {
            if (step.CleanText && ReferenceUnicode.IsDropped(rune))
                continue;
            if (step.CleanText && Rune.IsWhiteSpace(rune))
                result.Append(' ');
            else if (step.SpaceAroundIdeographs && ReferenceUnicode.IsCjkIdeograph(rune.Value))
                result.Append(' ').Append(rune.ToString()).Append(' ');
            else
                Append(result, rune);
        }
        return result.ToString();
    }

    static string Lower(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            ReferenceUnicode.AppendLower(result, rune);
        return result.ToString();
    }

    static string Drop(string text, Func<Rune, bool> drop)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            if (rune.IsAscii || !drop(rune))
                Append(result, rune);
        return result.ToString();
    }

    static string Strip(NormalizerStep.Strip step, string text) => (step.Left, step.Right) switch
    {
        (true, true) => text.Trim(),
        (true, false) => text.TrimStart(),
        (false, true) => text.TrimEnd(),
        _ => text,
    };

    static void Append(StringBuilder result, Rune rune)
    {
        if (rune.IsBmp)
            result.Append((char)rune.Value);
        else
            result.Append(rune.ToString());
    }
}
