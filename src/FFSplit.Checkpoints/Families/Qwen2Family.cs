using System.Text.Json;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>Qwen2 (transformers' modeling_qwen2.py): LLaMA with biases on query, key and value, and a window on some layers where switched on.</summary>
sealed class Qwen2Family : LlamaFamily
{
    public override string ModelType => "qwen2";

    public override IReadOnlyDictionary<string, HeadKind> Classes => ClassesOf("Qwen2");

    protected override int? DefaultKeyValueHeads => 32;

    protected override (bool? Input, bool? Output, bool? FeedForward) Biases(ModelConfig config) => (true, false, false);

    protected override int? Window(ModelConfig config, int layer)
    {
        var window = config.WholeUnlessNull("sliding_window", 4096);
        var from = config.Whole("max_window_layers", 28);
        var types = config.Find("layer_types");
        if (!config.Flag("use_sliding_window", false)) return null;
        if (types is not { ValueKind: JsonValueKind.Array } list) return layer >= from ? window : null;
        if (layer >= list.GetArrayLength())
            throw new BadInputException(config.Thing("layer_types"), $"an entry for layer {layer}", $"{list.GetArrayLength()} entries", "Correct config.json.");
        return list[layer].GetString() switch
        {
            "full_attention" => null,
            "sliding_attention" => window ?? throw new BadInputException(
                config.Thing("sliding_window"), "a window, since layer_types names one", "null", "Correct config.json."),
            var other => throw new BadInputException(config.Thing("layer_types"), "full_attention or sliding_attention", $"'{other}'", "This kind of layer is not supported."),
        };
    }
}
