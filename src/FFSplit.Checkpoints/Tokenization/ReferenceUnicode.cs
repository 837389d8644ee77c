using System.Globalization;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Classes of characters as the libraries behind Hugging Face's tokenizers define them.</summary>
static class ReferenceUnicode
{
    internal static bool IsCjkIdeograph(int c) => c is >= 0x4E00 and <= 0x9FFF or >= 0x3400 and <= 0x4DBF
        or >= 0x20000 and <= 0x2A6DF or >= 0x2A700 and <= 0x2B73F or >= 0x2B740 and <= 0x2B81F
        or >= 0x2B920 and <= 0x2CEAF or >= 0xF900 and <= 0xFAFF or >= 0x2F800 and <= 0x2FA1F;

    /// <summary>What BERT's cleaning drops: control, format and private-use characters, save tab, line feed and carriage return.</summary>
    internal static bool IsDropped(Rune c) => c.Value is 0 or 0xFFFD || c.Value is not ('\t' or '\n' or '\r')
        && Rune.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse;

    /// <summary>What BERT's pre-tokenizer sets apart.</summary>
    internal static bool IsBertPunctuation(Rune c) => c.IsAscii
        ? char.IsAscii((char)c.Value) && (char.IsPunctuation((char)c.Value) || char.IsSymbol((char)c.Value))
        : IsPunctuation(Rune.GetUnicodeCategory(c));

    static bool IsPunctuation(UnicodeCategory category)
        => category is >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation;

    internal static bool IsNonSpacingMark(Rune c) => Rune.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark;

    internal static bool IsMark(Rune c) => Rune.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    internal static bool IsNumeric(Rune c) => Rune.GetUnicodeCategory(c)
        is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    /// <summary>\w of Rust's regex crate: alphabetic, marks, decimal digits, connectors, the two joiners.</summary>
    internal static bool IsWord(Rune c) => Rune.IsLetter(c) || IsMark(c) || c.Value is 0x200C or 0x200D
        or >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189
        || Rune.GetUnicodeCategory(c) is UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber
            or UnicodeCategory.ConnectorPunctuation;

    /// <summary>Appends the lower-case form of one character; only U+0130 has two.</summary>
    internal static void AppendLower(StringBuilder result, Rune c)
    {
        if (c.Value == 0x130)
            result.Append("i\u0307");
        else if (c.IsBmp)
            result.Append((char)Rune.ToLowerInvariant(c).Value);
        else
            result.Append(Rune.ToLowerInvariant(c).ToString());
    }

    internal static bool NeedsStandIns(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');

    /// <summary>One UTF-16 unit that a regular expression treats as it should treat the character.</summary>
    internal static char StandIn(Rune c) => c.IsBmp ? (char)c.Value : Rune.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.UppercaseLetter => '\u10A0',
        UnicodeCategory.LowercaseLetter => '\u0221',
        UnicodeCategory.TitlecaseLetter => '\u1F88',
        UnicodeCategory.ModifierLetter => '\u02B0',
        UnicodeCategory.OtherLetter => '\u16A0',
        UnicodeCategory.NonSpacingMark => '\u0300',
        UnicodeCategory.SpacingCombiningMark => '\u0903',
        UnicodeCategory.EnclosingMark => '\u0488',
        UnicodeCategory.DecimalDigitNumber => '\u0660',
        UnicodeCategory.LetterNumber => '\u16EE',
        UnicodeCategory.OtherNumber => '\u09F4',
        UnicodeCategory.ConnectorPunctuation => '\u203F',
        UnicodeCategory.DashPunctuation => '\u058A',
        UnicodeCategory.OpenPunctuation => '\u0F3A',
        UnicodeCategory.ClosePunctuation => '\u0F3B',
        UnicodeCategory.InitialQuotePunctuation => '\u2E02',
        UnicodeCategory.FinalQuotePunctuation => '\u2E03',
        UnicodeCategory.OtherPunctuation => '\u055A',
        UnicodeCategory.MathSymbol => '\u2200',
        UnicodeCategory.CurrencySymbol => '\u0E3F',
        UnicodeCategory.ModifierSymbol => '\u02C2',
        UnicodeCategory.OtherSymbol => '\u2300',
        UnicodeCategory.Format => '\u2060',
        UnicodeCategory.PrivateUse => '\uE000',
        _ => '\u0378',
    };
}
