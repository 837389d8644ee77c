using System.Globalization;
using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Modeling.Training.Data;

/// <summary>The labels of a classifier, in the order of its outputs.</summary>
/// <param name="Names">At least two different names.</param>
public sealed record LabelIds(IReadOnlyList<string> Names)
{
    /// <summary>Labels for a new head: those of the data, in the order of their numbers where all are whole numbers, else in ordinal
    /// order.</summary>
    /// <exception cref="BadInputException">Fewer than two.</exception>
    public static LabelIds OfData(IEnumerable<string> labels, string data)
    {
        string[] names = [.. labels.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (names.All(n => Number(n) is not null)) names = [.. names.OrderBy(n => Number(n))];
        return names.Length >= 2 ? new LabelIds(names)
            : throw new BadInputException(data, "at least two labels", names.Length == 0 ? "none" : $"only '{names[0]}'",
                "Give data with both outcomes, or name another --label.");
    }

    /// <summary>The labels that a config names.</summary>
    /// <param name="config">config.json.</param>
    /// <param name="count">Of the head's outputs.</param>
    public static LabelIds OfConfig(ModelConfig config, int count)
    {
        var names = new string?[count];
        if (config.Find("id2label") is { ValueKind: JsonValueKind.Object } map)
            foreach (var entry in map.EnumerateObject())
                if (Number(entry.Name) is { } id && id >= 0 && id < count) names[id] = entry.Value.ToString();
        return new LabelIds([.. names.Select((n, i) => n ?? $"LABEL_{i}")]);
    }

    /// <summary>Positions of the data's labels: by name, or all of them by number.</summary>
    /// <exception cref="BadInputException">They fit neither way.</exception>
    public double[] Map(IReadOnlyList<string> labels, string data, string model)
    {
        var byName = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < Names.Count; i++) byName.TryAdd(Names[i], i);
        if (byName.Count == Names.Count && labels.All(byName.ContainsKey)) return [.. labels.Select(l => (double)byName[l])];
        if (labels.All(l => Number(l) is { } n && n >= 0 && n < Names.Count)) return [.. labels.Select(l => (double)Number(l)!.Value)];
        var strange = labels.First(l => !byName.ContainsKey(l));
        throw new BadInputException(data, $"the labels of {model}: {string.Join(", ", Names)} (or their numbers from 0)", $"'{strange}'",
            "Correct the data, or train a new head with --new-head.");
    }

    static int? Number(string text) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number : null;
}
