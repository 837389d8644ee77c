using System.Collections.Frozen;
using System.Text.Json;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;
using FFSplit.Checkpoints.Quantization;

namespace FFSplit.Checkpoints.Splits;

/// <summary>The "ffsplit" key of a split checkpoint's config.json: what is needed to bind the tensors (docs/format.md).</summary>
/// <param name="Layers">One entry a block.</param>
/// <param name="AllowedConfig">Config keys that the user let through when the model was split.</param>
public sealed record SplitHeader(IReadOnlyList<SplitLayer> Layers, IReadOnlyList<string> AllowedConfig)
{
    /// <summary>The newest format that this version reads; it is written where matrices are stored as codes, the first one else.</summary>
    public const int Version = 2;

    /// <summary>Matrices that are stored as codes, by the names of their tensors.</summary>
    public IReadOnlyDictionary<string, StoredCodes> Quantized { get; init; } = FrozenDictionary<string, StoredCodes>.Empty;

    /// <summary>Before the dense model's model_type.</summary>
    public const string ModelTypePrefix = "ffsplit-";

    /// <summary>Of the weight files, before .safetensors: not "model", so that no loader takes them for a whole model.</summary>
    public const string WeightsName = "ffsplit";

    /// <summary>The key in config.json.</summary>
    public const string ConfigKey = "ffsplit";

    /// <summary>Reads the key.</summary>
    /// <exception cref="BadInputException">Missing, of a newer format, or not understood.</exception>
    public static SplitHeader Read(ModelConfig config)
    {
        const string remedy = "Split the dense model again, or use the version of ffsplit that wrote this folder.";
        var thing = config.Thing(ConfigKey);
        if (config.Find(ConfigKey) is not { ValueKind: JsonValueKind.Object } root)
            throw new BadInputException(thing, "an object that says how the layers are split", "none", remedy);
        JsonElement? layers = null;
        var allowed = new List<string>();
        var quantized = new Dictionary<string, StoredCodes>(StringComparer.Ordinal);
        var version = 0;
        foreach (var property in root.EnumerateObject())
            switch (property.Name)
            {
                case "version" when property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetInt32(out version): break;
                case "layers" when property.Value.ValueKind == JsonValueKind.Array: layers = property.Value; break;
                case "allowed_config" when property.Value.ValueKind == JsonValueKind.Array:
                    allowed.AddRange(property.Value.EnumerateArray().Select(v => v.ToString()));
                    break;
                case "quantized" when property.Value.ValueKind == JsonValueKind.Object:
                    foreach (var tensor in property.Value.EnumerateObject())
                        quantized[tensor.Name] = StoredCodes.Read(tensor.Value, $"{thing}, quantized, '{tensor.Name}'", remedy);
                    break;
                default: throw new BadInputException(thing, "version, layers, quantized and allowed_config", $"'{property.Name}' = {property.Value}", remedy);
            }
        if (version is < 1 or > Version) throw new BadInputException($"{thing}, version", $"1 to {Version}", $"{version}", remedy);
        if (layers is null) throw new BadInputException($"{thing}, layers", "an array", "none", remedy);
        return new SplitHeader([.. layers.Value.EnumerateArray().Select((l, i) => SplitLayer.Read(l, $"{thing}, layer {i}", remedy))], allowed) { Quantized = quantized };
    }

    /// <summary>Writes the key's value.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", Quantized.Count > 0 ? Version : 1);
        writer.WriteStartArray("layers");
        foreach (var layer in Layers) layer.Write(writer);
        writer.WriteEndArray();
        if (Quantized.Count > 0)
        {
            writer.WriteStartObject("quantized");
            foreach (var (name, stored) in Quantized.OrderBy(q => q.Key, StringComparer.Ordinal))
            {
                writer.WritePropertyName(name);
                stored.Write(writer);
            }
            writer.WriteEndObject();
        }
        if (AllowedConfig.Count > 0)
        {
            writer.WriteStartArray("allowed_config");
            foreach (var key in AllowedConfig) writer.WriteStringValue(key);
            writer.WriteEndArray();
        }
        writer.WriteEndObject();
    }
}

/// <summary>How one FFN is split.</summary>
/// <param name="Heavy">Neurons kept whole.</param>
/// <param name="Light">The light part's kind.</param>
/// <param name="Rank">Of <see cref="LightKind.LowRank"/> and <see cref="LightKind.Linear"/>; else 0.</param>
public sealed record SplitLayer(int Heavy, LightKind Light, int Rank)
{
    internal static SplitLayer Read(JsonElement layer, string thing, string remedy)
    {
        int? heavy = null, rank = null;
        LightKind? light = null;
        if (layer.ValueKind != JsonValueKind.Object) throw new BadInputException(thing, "an object", $"{layer.ValueKind}", remedy);
        foreach (var property in layer.EnumerateObject())
        {
            var value = property.Value;
            switch (property.Name)
            {
                case "heavy" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && n >= 0: heavy = n; break;
                case "rank" when value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var n) && n >= 0: rank = n; break;
                case "light" when value.ValueKind == JsonValueKind.String && LightKinds.Parse(value.GetString()) is { } kind: light = kind; break;
                default: throw new BadInputException(thing, "heavy, light and rank", $"'{property.Name}' = {value}", remedy);
            }
        }
        if (heavy is null || light is null || rank is null) throw new BadInputException(thing, "heavy, light and rank", "not all of them", remedy);
        if (rank > 0 != light is LightKind.LowRank or LightKind.Linear)
            throw new BadInputException(thing, "a rank for low-rank and linear, 0 for none and dense", $"{light.Value.Name()} with rank {rank}", remedy);
        return new SplitLayer(heavy.Value, light.Value, rank.Value);
    }

    internal void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("heavy", Heavy);
        writer.WriteString("light", Light.Name());
        writer.WriteNumber("rank", Rank);
        writer.WriteEndObject();
    }
}
