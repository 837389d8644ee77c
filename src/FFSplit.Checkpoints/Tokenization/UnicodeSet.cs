using System.Globalization;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>A set of code points as sorted ranges.</summary>
sealed class UnicodeSet
{
    readonly int[] starts;
    readonly int[] ends;

    UnicodeSet(int[] starts, int[] ends) => (this.starts, this.ends) = (starts, ends);

    /// <summary>Takes hexadecimal code points and ranges (both ends included) in ascending order, separated by white space.</summary>
    internal static UnicodeSet Parse(string text)
    {
        var ranges = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(r => r.Split('-')).ToArray();
        return new UnicodeSet([.. ranges.Select(r => Hex(r[0]))], [.. ranges.Select(r => Hex(r[^1]))]);

        static int Hex(string digits) => int.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    internal bool Contains(int c)
    {
        if (c < starts[0])
            return false;
        var at = Array.BinarySearch(starts, c);
        return at >= 0 || c <= ends[~at - 1];
    }

    /// <summary>Whether any character of a text, whose surrogates come in pairs, is in the set.</summary>
    internal bool ContainsAny(string text)
    {
        var from = text.AsSpan().IndexOfAnyInRange((char)Math.Min(starts[0], 0xD800), '\uFFFF');
        if (from < 0)
            return false;
        foreach (var rune in text.AsSpan(from).EnumerateRunes())
            if (Contains(rune.Value))
                return true;
        return false;
    }
}
