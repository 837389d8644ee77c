using System.Globalization;
using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>For each class of characters one UTF-16 unit that a given pattern treats as it should treat any character of that class beyond
/// U+FFFF: of the same general category, and not named by the pattern itself.</summary>
sealed class StandIns
{
    /// <summary>Behind Latin-1 and Latin Extended-A, whose letters fold to ASCII.</summary>
    const int FirstCandidate = 0x250;

    /// <summary>For patterns that name a whole category.</summary>
    const char Unassigned = '\u0378';

    const char KelvinSign = '\u212A';

    readonly Dictionary<UnicodeCategory, char> byCategory = [];
    readonly char circledLetter;

    /// <param name="isNamed">Whether the pattern names a character, alone or in a range.</param>
    internal StandIns(Func<char, bool> isNamed)
    {
        for (var c = FirstCandidate; c < 0xFFFE; c++)
            if (c != KelvinSign && !ReferenceUnicode.IsCircledLetter(c) && !isNamed((char)c))
                byCategory.TryAdd(CharUnicodeInfo.GetUnicodeCategory((char)c), (char)c);
        var circled = Enumerable.Range(0x24B6, 0x34).Select(c => (char)c);
        circledLetter = circled.FirstOrDefault(c => !isNamed(c), byCategory.GetValueOrDefault(UnicodeCategory.OtherSymbol));
    }

    internal static bool AreNeeded(string text) => text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');

    internal char For(Rune c) => c.IsBmp ? (char)c.Value
        : ReferenceUnicode.IsCircledLetter(c.Value) ? circledLetter
        : byCategory.GetValueOrDefault(Rune.GetUnicodeCategory(c), Unassigned);
}
