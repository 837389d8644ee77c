using System.Globalization;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Classes of characters as the libraries behind Hugging Face's tokenizers define them.</summary>
static partial class ReferenceUnicode
{
    internal static bool IsCjkIdeograph(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF
        or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2B81F
        or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;

    /// <summary>What BERT's cleaning drops: control, format and private-use characters, save tab, line feed and carriage return.</summary>
    internal static bool IsDropped(Rune c) => c.Value is 0 or 0xFFFD || c.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
        && !FormatDiffers.Contains(c.Value);

    /// <summary>What BERT's pre-tokenizer sets apart.</summary>
    internal static bool IsBertPunctuation(Rune c) => c.IsAscii
        ? char.IsPunctuation((char)c.Value) || char.IsSymbol((char)c.Value)
        : Rune.GetUnicodeCategory(c) is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation
            != PunctuationDiffers.Contains(c.Value);

    /// <summary>What BERT takes for an accent.</summary>
    internal static bool IsNonSpacingMark(Rune c)
        => Rune.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark != NonSpacingMarkDiffers.Contains(c.Value);

    /// <summary>What StripAccents takes for one.</summary>
    internal static bool IsCombiningMark(Rune c) => IsMark(c) != MarkDiffers.Contains(c.Value);

    static bool IsMark(Rune c) => Rune.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>Digits and other numbers; two rows came with Unicode 17.</summary>
    internal static bool IsNumeric(Rune c) => Rune.GetUnicodeCategory(c)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
        || c.Value is >= 0x11DE0 and <= 0x11DE9 or >= 0x16FF4 and <= 0x16FF6;

    /// <summary>A normal form. Characters that the reference does not know stand between the parts that are normalised.</summary>
    internal static string Normalize(string text, NormalizationForm form)
    {
        if (!Unnormalized.ContainsAny(text))
            return text.Normalize(form);
        var result = new StringBuilder(text.Length);
        var (start, at) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            var next = at + rune.Utf16SequenceLength;
            if (Unnormalized.Contains(rune.Value))
            {
                result.Append(text[start..at].Normalize(form)).Append(text, at, next - at);
                start = next;
            }
            at = next;
        }
        return result.Append(text[start..].Normalize(form)).ToString();
    }

    /// <summary>Letters in circles and squares: symbols, yet alphabetic.</summary>
    internal static bool IsCircledLetter(int c) => c is >= 0x24B6 and <= 0x24E9
        or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    /// <summary>\w of Rust's regex crate: alphabetic, marks, decimal digits, connectors, the two joiners.</summary>
    internal static bool IsWord(Rune c) => Rune.IsLetter(c) || IsMark(c) || c.Value is 0x200C or 0x200D
        || IsCircledLetter(c.Value) || Rune.GetUnicodeCategory(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.ConnectorPunctuation;

    /// <summary>Appends the lower-case form of one character; only that of U+0130 has two.</summary>
    internal static void AppendLower(StringBuilder result, Rune c)
    {
        if (c.IsAscii)
            result.Append(char.ToLowerInvariant((char)c.Value));
        else if (c.Value == 0x130)
            result.Append("i\u0307");
        else
            result.Append(Lower(c).ToString());
    }

    /// <summary>The simple mapping, with the letters that .NET's tables do not know yet.</summary>
    static Rune Lower(Rune c) => c.Value switch
    {
        0x1C89 or 0xA7CC or 0xA7CE or 0xA7D2 or 0xA7D4 or 0xA7DA => new Rune(c.Value + 1),
        0xA7CB => new Rune(0x264),
        0xA7DC => new Rune(0x19B),
        >= 0x10D50 and <= 0x10D65 => new Rune(c.Value + 0x20),
        >= 0x16EA0 and <= 0x16EB8 => new Rune(c.Value + 0x1B),
        _ => Rune.ToLowerInvariant(c),
    };
}
