using System.Text.Json;
using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Checkpoints.Configs;

/// <summary>Reads rotary positions in both spellings: rope_parameters (transformers 5), or rope_theta with rope_scaling.</summary>
static class RotaryConfig
{
    /// <param name="config">The config.</param>
    /// <param name="headSize">Dimensions of a head.</param>
    /// <param name="positions">max_position_embeddings.</param>
    /// <param name="defaultBase">θ where the config names none.</param>
    /// <param name="defaultFraction">Rotating part of a head where the config names none.</param>
    public static RotaryEmbedding Read(ModelConfig config, int headSize, int positions, double defaultBase = 10000, double defaultFraction = 1)
    {
        // Where both stand, transformers takes the older one; an empty object counts as none.
        var parameters = NotEmpty(config.Find("rope_scaling")) ?? NotEmpty(config.Find("rope_parameters"));
        config.Ignore("rope_parameters");
        var theta = config.Number("rope_theta", defaultBase);
        var fraction = config.Number("partial_rotary_factor", defaultFraction);
        if (parameters is not { } rope) return Make(new RotaryScaling.None());
        if (rope.ValueKind != JsonValueKind.Object) throw Wrong("rope_parameters", "an object", rope.GetRawText());

        theta = Value("rope_theta") ?? theta;
        fraction = Value("partial_rotary_factor") ?? fraction;
        var type = Text("rope_type") ?? Text("type") ?? "default";
        // As in transformers, the key outside wins.
        var original = config.Number("original_max_position_embeddings", Value("original_max_position_embeddings") ?? positions);
        return Make(type switch
        {
            "default" => new RotaryScaling.None(),
            "dynamic" => new RotaryScaling.Dynamic(Required("factor"), positions),
            "linear" => new RotaryScaling.Linear(Required("factor")),
            "llama3" => new RotaryScaling.Llama3(Required("factor"), Required("low_freq_factor"), Required("high_freq_factor"), original),
            "yarn" => new RotaryScaling.Yarn(YarnFactor(), Optional("beta_fast", 32), Optional("beta_slow", 1), original, YarnAttention(),
                !rope.TryGetProperty("truncate", out var truncate) || truncate.ValueKind != JsonValueKind.False),
            _ => throw Wrong("rope_type", "default, linear, dynamic, llama3 or yarn", $"'{type}'"),
        });

        RotaryEmbedding Make(RotaryScaling scaling)
        {
            var dimensions = (int)(headSize * fraction);
            if (dimensions <= 0 || !(theta > 0))
                throw Wrong("partial_rotary_factor", "at least one rotating dimension and a positive base", $"{dimensions} and {theta}");
            if (dimensions % 2 == 0) return new RotaryEmbedding(dimensions, theta, scaling);
            // Of an odd number the reference makes one frequency more than half of it, with exponents by the odd number: those of one dimension
            // more with another base.
            if (scaling is not (RotaryScaling.None or RotaryScaling.Linear) || dimensions + 1 > headSize)
                throw Wrong("partial_rotary_factor", "an even number of rotating dimensions", $"{dimensions}");
            return new RotaryEmbedding(dimensions + 1, Math.Pow(theta, (dimensions + 1.0) / dimensions), scaling);
        }

        double YarnAttention()
        {
            if (Value("attention_factor") is { } given) return given;
            var factor = YarnFactor();
            var (scale, all) = (Value("mscale"), Value("mscale_all_dim"));
            return scale is > 0 && all is > 0 ? Magnitude(factor, scale.Value) / Magnitude(factor, all.Value) : Magnitude(factor, 1);
        }

        double YarnFactor() => Value("factor") ?? positions / original;

        // Zero means the default, as in the reference.
        double Optional(string key, double fallback) => Value(key) is { } given and not 0 ? given : fallback;

        static double Magnitude(double factor, double scale) => factor <= 1 ? 1 : 0.1 * scale * Math.Log(factor) + 1;

        static JsonElement? NotEmpty(JsonElement? value)
            => value is { ValueKind: JsonValueKind.Object } rope && !rope.EnumerateObject().Any() ? null : value;

        double Required(string key) => Value(key) ?? throw Wrong(key, "a number", "no such key");
        double? Value(string key) => !rope.TryGetProperty(key, out var v) || v.ValueKind == JsonValueKind.Null ? null
            : v.ValueKind == JsonValueKind.Number ? v.GetDouble() : throw Wrong(key, "a number", v.GetRawText());
        string? Text(string key) => rope.TryGetProperty(key, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString() : null;
        BadInputException Wrong(string key, string expected, string found) => new(config.Thing($"rope_parameters.{key}"), expected, found,
            "Use a checkpoint whose rotary positions are of a supported type.");
    }
}
