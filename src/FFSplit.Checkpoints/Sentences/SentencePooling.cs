using System.Text.Json;

namespace FFSplit.Checkpoints.Sentences;

/// <summary>How sentence-transformers makes one vector of a text: modules.json and the files that it names.</summary>
/// <param name="Modes">Vectors that are joined, in this order.</param>
/// <param name="Normalize">Whether the result has length 1.</param>
/// <param name="LowerCase">Whether texts are lower-cased before the tokenizer sees them.</param>
/// <param name="MaxLength">max_seq_length, in tokens; null where absent.</param>
/// <param name="Prompt">Put before every text: the prompt that default_prompt_name names, else empty.</param>
/// <param name="IncludePrompt">Whether the prompt's tokens take part in pooling.</param>
public sealed record SentencePooling(
    IReadOnlyList<PoolingMode> Modes, bool Normalize, bool LowerCase = false, int? MaxLength = null, string Prompt = "", bool IncludePrompt = true)
{
    const string Remedy = "Use a folder whose sentence vectors come from a transformer, a pooling and at most a normalisation.";

    /// <summary>Reads the folder's modules; null where there is no modules.json.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="size">Width of the hidden states that are pooled; null where that is not known.</param>
    /// <exception cref="BadInputException">A module or a pooling mode that is not supported, by name.</exception>
    public static SentencePooling? Load(string folder, int? size)
    {
        var path = Path.Combine(folder, "modules.json");
        if (JsonFile.ReadIfPresent(path, Remedy) is not { } modules) return null;
        if (modules.ValueKind != JsonValueKind.Array) throw new BadInputException(path, "an array of modules", $"{modules.ValueKind}", Remedy);
        SentencePooling? pooling = null;
        var normalize = false;
        var transformer = false;
        foreach (var module in modules.EnumerateArray())
        {
            var type = Text(module, "type") ?? "";
            switch (type[(type.LastIndexOf('.') + 1)..])
            {
                case "Transformer" when !transformer && Text(module, "path") is null or "": transformer = true; break;
                case "Pooling" when transformer && pooling is null:
                    pooling = ReadPooling(Path.Combine(folder, Text(module, "path") ?? "", "config.json"), size);
                    break;
                case "Normalize" when pooling is not null: normalize = true; break;
                default: throw new BadInputException(path, "a Transformer in the folder itself, a Pooling, and at most a Normalize", $"the module '{type}'", Remedy);
            }
        }
        if (pooling is null) throw new BadInputException(path, "a Pooling module", "none", Remedy);
        var sentence = ReadSettings(folder);
        var prompt = ReadPrompt(Path.Combine(folder, "config_sentence_transformers.json"));
        if (prompt.Length > 0 && !pooling.IncludePrompt)
            throw new BadInputException(path, "a pooling that includes the prompt", "include_prompt false with a default prompt", Remedy);
        return pooling with
        {
            Normalize = normalize,
            LowerCase = sentence is { } s && s.TryGetProperty("do_lower_case", out var lower) && lower.ValueKind == JsonValueKind.True,
            MaxLength = sentence is { } t && t.TryGetProperty("max_seq_length", out var length) ? Whole(length) : null,
            Prompt = prompt,
        };
    }

    // One name for each of the first encoders; sentence-transformers looks for all of them, in this order.
    static JsonElement? ReadSettings(string folder)
    {
        foreach (var model in new[] { "bert", "roberta", "distilbert" })
            if (JsonFile.ReadIfPresent(Path.Combine(folder, $"sentence_{model}_config.json"), Remedy) is { ValueKind: JsonValueKind.Object } settings) return settings;
        return null;
    }

    static SentencePooling ReadPooling(string path, int? size)
    {
        var config = JsonFile.Read(path, Remedy);
        if (config.ValueKind != JsonValueKind.Object) throw new BadInputException(path, "an object with pooling modes", $"{config.ValueKind}", Remedy);
        var modes = new List<PoolingMode>();
        var includePrompt = true;
        foreach (var property in config.EnumerateObject())
        {
            var on = property.Value.ValueKind == JsonValueKind.True;
            switch (property.Name)
            {
                case "pooling_mode_cls_token": if (on) modes.Add(PoolingMode.Cls); break;
                case "pooling_mode_max_tokens": if (on) modes.Add(PoolingMode.Max); break;
                case "pooling_mode_mean_tokens": if (on) modes.Add(PoolingMode.Mean); break;
                case "pooling_mode" when property.Value.ValueKind != JsonValueKind.Null:
                    foreach (var name in property.Value.ValueKind == JsonValueKind.Array ? property.Value.EnumerateArray().Select(v => v.ToString()) : [property.Value.ToString()])
                        modes.Add(name switch
                        {
                            "cls" => PoolingMode.Cls,
                            "max" => PoolingMode.Max,
                            "mean" => PoolingMode.Mean,
                            _ => throw new BadInputException($"{path}, key 'pooling_mode'", "mean, cls or max", $"'{name}'", Remedy),
                        });
                    break;
                case "include_prompt": includePrompt = property.Value.ValueKind != JsonValueKind.False; break;
                case "word_embedding_dimension" or "embedding_dimension":
                    if (size is not null && Whole(property.Value) != size)
                        throw new BadInputException($"{path}, key '{property.Name}'", $"{size}, the model's hidden size", property.Value.ToString(), Remedy);
                    break;
                default:
                    if (on) throw new BadInputException($"{path}, key '{property.Name}'", "mean, cls or max pooling", "true", Remedy);
                    break;
            }
        }
        if (modes.Count == 0) throw new BadInputException(path, "a pooling mode (mean, cls or max)", "none", Remedy);
        return new SentencePooling([.. modes.Distinct().Order()], Normalize: false, IncludePrompt: includePrompt);
    }

    static string ReadPrompt(string path)
    {
        if (JsonFile.ReadIfPresent(path, Remedy) is not { } config || Text(config, "default_prompt_name") is not { } name) return "";
        return config.TryGetProperty("prompts", out var prompts) && prompts.ValueKind == JsonValueKind.Object && Text(prompts, name) is { } prompt ? prompt
            : throw new BadInputException(path, $"a prompt named '{name}', as default_prompt_name says", "none", Remedy);
    }

    static int? Whole(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    static string? Text(JsonElement element, string key)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>Which vector stands for a text; where several are joined, sentence-transformers keeps this order.</summary>
public enum PoolingMode
{
    /// <summary>The first token's.</summary>
    Cls,
    /// <summary>The largest value of each dimension over real tokens.</summary>
    Max,
    /// <summary>The mean over real tokens.</summary>
    Mean,
}
