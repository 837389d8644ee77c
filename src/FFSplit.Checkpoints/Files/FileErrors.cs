using System.Globalization;
using System.Text;

namespace FFSplit.Checkpoints.Files;

/// <summary>The failures that reading any foreign file shares, in one voice.</summary>
static class FileErrors
{
    const int LongestName = 160;

    /// <summary>A foreign name as it may be printed: capped, and without control characters that would steer a terminal.</summary>
    public static string Shown(string name)
    {
        if (name.Length <= LongestName && !name.Any(char.IsControl)) return name;
        var shown = new StringBuilder();
        foreach (var c in name.AsSpan(0, Math.Min(name.Length, LongestName)))
            _ = char.IsControl(c) ? shown.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)) : shown.Append(c);
        return name.Length > LongestName ? shown.Append('…').ToString() : shown.ToString();
    }

    /// <summary>A count as messages show it, the same in every locale.</summary>
    public static string Count<T>(T number) where T : IFormattable => number.ToString("N0", CultureInfo.InvariantCulture);

    public static BadInputException Missing(string path)
        => new(path, "a file", "nothing at that path", "Check the path, or download the folder again.");

    public static BadInputException Unreadable(string path, Exception cause)
        => new(path, "a readable file", cause.Message, "Check the file's permissions and the disk.", cause);

    public static BadInputException TooLarge(string path, long length, long limit)
        => new(path, $"at most {Count(limit)} bytes", $"{Count(length)} bytes", "Check that it is the file that its name says.");

    public static BadInputException NotJson(string path, Exception cause)
        => new(path, "valid JSON", cause.Message, "Download the file again.", cause);

    /// <summary>What a folder cloned without Git LFS holds in place of its weights.</summary>
    public static BadInputException LfsPointer(string path)
        => new(
            path,
            "weights",
            "a Git LFS pointer of a few lines that stands for them",
            "Fetch the real file, for instance with 'git lfs pull'.");

    /// <summary>
    /// Reads a small file whole; a larger one than <paramref name="limit"/> bytes is refused before anything is allocated.
    /// </summary>
    public static byte[] ReadWhole(string path, long limit)
    {
        using var file = MappedFile.Open(path);
        if (file.Length > limit) throw TooLarge(path, file.Length, limit);
        var bytes = new byte[file.Length];
        file.ReadBytes(0, bytes);
        return bytes;
    }
}
