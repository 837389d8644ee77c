using System.CommandLine;
using System.Globalization;
using FFSplit.Checkpoints;

namespace FFSplit.Cli.Options;

/// <summary>Reads sizes such as <c>1GB</c>, <c>512MB</c>, <c>1.5G</c>; powers of 1,024.</summary>
static class MemorySize
{
    static readonly (string Suffix, long Factor)[] Units = [("KB", 1L << 10), ("MB", 1L << 20), ("GB", 1L << 30), ("TB", 1L << 40),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40), ("B", 1), ("", 1)];

    /// <summary>A bound of memory, 1 GB unless told otherwise.</summary>
    public static Option<string> Option(string description) => new("--memory")
    {
        Description = description,
        HelpName = "SIZE",
        DefaultValueFactory = _ => "1GB",
    };

    /// <exception cref="BadUsageException">Something else, or nothing at all.</exception>
    public static long Parse(string text, string option)
    {
        var trimmed = text.Trim().Replace("iB", "B", StringComparison.OrdinalIgnoreCase);
        var (suffix, factor) = Units.First(u => trimmed.EndsWith(u.Suffix, StringComparison.OrdinalIgnoreCase));
        return double.TryParse(trimmed[..^suffix.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
            out var number) && number * factor is >= 1 and < 1e15
            ? (long)(number * factor)
            : throw new BadUsageException($"{option}: expected a size such as 1GB or 512MB, found '{text}'.");
    }
}
