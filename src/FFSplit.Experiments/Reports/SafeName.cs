namespace FFSplit.Experiments.Reports;

/// <summary>Names of files that every file system takes and no link has to escape.</summary>
static class SafeName
{
    /// <summary>Letters and digits of ASCII, dots, hyphens and underscores stay; each run of anything else becomes a hyphen.</summary>
    public static string Of(string text)
    {
        var kept = text.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : ' ').ToArray();
        return string.Join('-', new string(kept).Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
