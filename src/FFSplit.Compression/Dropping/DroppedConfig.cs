using System.Text.Json;
using FFSplit.Checkpoints;

namespace FFSplit.Compression.Dropping;

/// <summary>config.json of a model with fewer layers: their number, what it says of single ones, and all else as it was.</summary>
static class DroppedConfig
{
    // As the families call it; transformers' own names for one and the same.
    static readonly string[] CountKeys = ["num_hidden_layers", "n_layer", "n_layers", "num_layers"];
    // Lists with an entry for each layer.
    static readonly string[] ListKeys = ["layer_types", "attention_layers"];
    // GPT-Neo: patterns, each with how often it is repeated.
    const string PatternsKey = "attention_types";
    const string WindowKey = "max_window_layers";

    public static string Format(Checkpoint dense, IReadOnlyList<int> kept)
    {
        var config = dense.Config;
        var counted = false;
        // Qwen2: layers from this number on have a window.
        int? windowFrom = config.Flag("use_sliding_window", false) ? kept.Count(k => k < config.Whole(WindowKey, 28)) : null;
        var text = JsonText.Format(writer =>
        {
            writer.WriteStartObject();
            foreach (var property in config.Root.EnumerateObject())
                if (CountKeys.Contains(property.Name) && property.Value.ValueKind == JsonValueKind.Number)
                {
                    writer.WriteNumber(property.Name, kept.Count);
                    counted = true;
                }
                else if (ListKeys.Contains(property.Name) && property.Value.ValueKind == JsonValueKind.Array)
                {
                    writer.WriteStartArray(property.Name);
                    foreach (var k in kept.Where(k => k < property.Value.GetArrayLength())) property.Value[k].WriteTo(writer);
                    writer.WriteEndArray();
                }
                else if (property.Name == PatternsKey && kept.Count < dense.Architecture.Blocks.Count)
                    WritePatterns(writer, property.Value, kept);
                else if (property.Name != WindowKey || windowFrom is null) property.WriteTo(writer);
            if (windowFrom is { } from) writer.WriteNumber(WindowKey, from);
            writer.WriteEndObject();
        });
        return counted ? text
            : throw new BadInputException(config.Thing(CountKeys[0]), "the number of layers", "no such key", "Add it to config.json.");
    }

    // One pattern that is the kept layers', once.
    static void WritePatterns(Utf8JsonWriter writer, JsonElement patterns, IReadOnlyList<int> kept)
    {
        string[] layers = [.. patterns.EnumerateArray().SelectMany(p => Enumerable.Repeat(p[0], p[1].GetInt32()))
            .SelectMany(names => names.EnumerateArray()).Select(n => n.ToString())];
        writer.WriteStartArray(PatternsKey);
        writer.WriteStartArray();
        writer.WriteStartArray();
        foreach (var k in kept) writer.WriteStringValue(layers[k]);
        writer.WriteEndArray();
        writer.WriteNumberValue(1);
        writer.WriteEndArray();
        writer.WriteEndArray();
    }
}
