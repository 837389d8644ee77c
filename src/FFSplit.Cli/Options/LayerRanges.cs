using System.Globalization;
using FFSplit.Checkpoints;

namespace FFSplit.Cli.Options;

/// <summary>Reads numbers and ranges such as <c>0-3,5</c>.</summary>
static class LayerRanges
{
    // No model has more; a mistyped range must not fill the memory.
    const int Most = 10_000;

    /// <exception cref="BadUsageException">Something else.</exception>
    public static IReadOnlyCollection<int> Parse(string text)
    {
        var layers = new SortedSet<int>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', StringSplitOptions.TrimEntries);
            if (ends.Length > 2 || !Whole(ends[0], out var first) || !Whole(ends[^1], out var last) || last < first)
                throw new BadUsageException($"--layers: expected numbers and ranges such as 0-3,5, found '{text}'.");
            layers.UnionWith(Enumerable.Range(first, last - first + 1));
        }
        return layers;
    }

    static bool Whole(string text, out int number)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < Most;
}
