using System.Globalization;
using System.Text.Json;

namespace FFSplit.Checkpoints.Configs;

/// <summary>What a config calls a classifier's outputs: id2label, {"0": "negative", …}.</summary>
public static class OutputNames
{
    /// <summary>The names by number; null where the config gives none. Some folders hold numbers where names belong.</summary>
    /// <exception cref="BadInputException">id2label is something else.</exception>
    public static IReadOnlyDictionary<int, string>? Of(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        if (config.Find("id2label") is not { } labels) return null;
        var names = new Dictionary<int, string>();
        if (labels.ValueKind != JsonValueKind.Object) throw Wrong(labels);
        foreach (var label in labels.EnumerateObject())
        {
            if (!int.TryParse(label.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                || label.Value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number)) throw Wrong(labels);
            names[index] = label.Value.ToString();
        }
        return names;

        BadInputException Wrong(JsonElement found) => new(config.Thing("id2label"),
            "an object of names by number, such as {\"0\": \"negative\"}",
            found.GetRawText() is { Length: > 60 } text ? text[..57] + "…" : found.GetRawText(), "Correct config.json.");
    }
}
