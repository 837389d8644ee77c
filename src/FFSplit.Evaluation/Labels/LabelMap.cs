using System.Globalization;
using FFSplit.Checkpoints;

namespace FFSplit.Evaluation.Labels;

/// <summary>Reads --label-map.</summary>
public static class LabelMap
{
    /// <summary>name=index,name=index,… : which of the model's outputs stands for which label.</summary>
    /// <exception cref="BadUsageException">Another form, a name or an index twice.</exception>
    public static IReadOnlyDictionary<string, int> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var map = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            // The last one: a name may hold an equals sign.
            var equals = part.LastIndexOf('=');
            if (equals < 1 || !int.TryParse(part.AsSpan(equals + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
                throw new BadUsageException($"--label-map takes name=index,name=index,… with indices from 0, not '{text}'.");
            var name = part[..equals].Trim();
            if (!map.TryAdd(name, index)) throw new BadUsageException($"--label-map names '{name}' twice.");
        }
        if (map.Values.Distinct().Count() != map.Count) throw new BadUsageException($"--label-map gives an index twice: '{text}'.");
        return map;
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    /// <param name="names">The label of each index.</param>
    public static string Write(IEnumerable<string> names) =>
        string.Join(',', names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"{name}={i}")));
}
