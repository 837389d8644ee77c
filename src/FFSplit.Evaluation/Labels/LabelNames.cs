using System.Globalization;

namespace FFSplit.Evaluation.Labels;

/// <summary>How names of labels are read.</summary>
static class LabelNames
{
    /// <summary>Whether two names are the same but for case, spaces, hyphens and underscores.</summary>
    public static bool Same(string a, string b) => string.Equals(Plain(a), Plain(b), StringComparison.OrdinalIgnoreCase);

    /// <summary>The number of a name that says nothing else: LABEL_3 (what transformers writes where nobody named the labels) or
    /// 3.</summary>
    public static int? NumberOf(string name)
    {
        var digits = Plain(name);
        if (digits.StartsWith("label", StringComparison.OrdinalIgnoreCase)) digits = digits[5..];
        return int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    // A number (-1 is not 1) and a name of signs alone ("+", "-") are kept as they are.
    static string Plain(string name)
    {
        if (double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)) return name.Trim();
        var plain = string.Concat(name.Where(c => !char.IsWhiteSpace(c) && c is not ('-' or '_')));
        return plain.Length == 0 ? name.Trim() : plain;
    }
}
