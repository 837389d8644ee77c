using System.Text.Json;

namespace FFSplit.Checkpoints.Configs;

/// <summary>
/// config.json, read key by key: every key that a family asks for is understood, the shared ones are known to be harmless,
/// and what is left over is an error, since an ignored key may change the arithmetic.
/// </summary>
public sealed class ModelConfig
{
    readonly HashSet<string> _understood = new(StringComparer.Ordinal);
    readonly string _path;

    /// <summary>Wraps a parsed config.json.</summary>
    public ModelConfig(JsonElement root, string path)
    {
        _path = path;
        if (root.ValueKind != JsonValueKind.Object)
            throw new BadInputException(path, "a JSON object", root.ValueKind.ToString(), "Give the folder of a Hugging Face model.");
        Root = root;
    }

    /// <summary>Reads config.json of a folder.</summary>
    /// <exception cref="BadInputException">No folder, no config.json, or no JSON in it.</exception>
    public static ModelConfig Load(string folder)
    {
        var path = Path.Combine(folder, "config.json");
        if (!Directory.Exists(folder))
            throw new BadInputException(folder, "a folder with a Hugging Face model", File.Exists(folder) ? "a file" : "nothing there",
                "Give the folder that holds config.json and the weights.");
        return new ModelConfig(JsonFile.Read(path, "Give the folder of a Hugging Face model, as downloaded from the hub."), path);
    }

    /// <summary>The whole document.</summary>
    public JsonElement Root { get; }

    /// <summary>Names the key for messages.</summary>
    public string Thing(string key) => $"{_path}, key '{key}'";

    /// <summary>model_type as it stands, with the prefix of a split model.</summary>
    public string ModelType => Text("model_type") ?? throw Missing("model_type", "a model type");

    /// <summary>Whether the key is there and not null; marks it understood.</summary>
    public bool Has(string key) => Find(key) is not null;

    /// <summary>A string, or null where absent or null.</summary>
    public string? Text(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(key, "a string", value);

    /// <summary>A whole number, or null where absent or null.</summary>
    public int? WholeOrNull(string key) => Find(key) is not { } value ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : throw Wrong(key, "a whole number", value);

    /// <summary>A whole number with a default.</summary>
    public int Whole(string key, int fallback) => WholeOrNull(key) ?? fallback;

    /// <summary>A whole number where the class's default is one thing and null in the file another: none.</summary>
    public int? WholeUnlessNull(string key, int? fallback) => Root.TryGetProperty(key, out _) ? WholeOrNull(key) : fallback;

    /// <summary>A positive whole number that must be there (under the first of these names that is).</summary>
    public int Size(params ReadOnlySpan<string> keys)
    {
        int? size = null;
        foreach (var key in keys) size ??= WholeOrNull(key);
        if (size is null) throw Missing(keys[0], "a positive whole number");
        return size > 0 ? size.Value : throw new BadInputException(Thing(keys[0]), "a positive whole number", $"{size}", "Correct config.json.");
    }

    /// <summary>A number with a default.</summary>
    public double Number(string key, double fallback) => Find(key) is not { } value ? fallback
        : value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(key, "a number", value);

    /// <summary>true or false, with a default.</summary>
    public bool Flag(string key, bool fallback) => Find(key) is not { } value ? fallback : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(key, "true or false", value),
    };

    /// <summary>The raw value, or null where absent or null.</summary>
    public JsonElement? Find(string key)
    {
        _understood.Add(key);
        return Root.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>Marks keys that change nothing in inference (dropout, initialisation, …).</summary>
    public void Ignore(params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys) _understood.Add(key);
    }

    /// <summary>Refuses any value but the one that the forward pass implements.</summary>
    public void Only(string key, bool supported)
    {
        if (Flag(key, supported) != supported)
            throw new BadInputException(Thing(key), supported ? "true" : "false", supported ? "false" : "true",
                "This variant of the architecture is not supported; use a checkpoint without it.");
    }

    /// <summary>Refuses any value but the one that the forward pass implements.</summary>
    public void Only(string key, string supported)
    {
        if (Text(key) is { } found && found != supported)
            throw new BadInputException(Thing(key), $"'{supported}'", $"'{found}'",
                "This variant of the architecture is not supported; use a checkpoint without it.");
    }

    /// <summary>Checks that no key with a value was passed over.</summary>
    /// <param name="allowed">Keys that the user lets through (<c>--allow-config</c>).</param>
    /// <returns>Keys that nobody knows but whose value is null, false or empty.</returns>
    /// <exception cref="BadInputException">An unknown key with a value.</exception>
    public IReadOnlyList<string> Finish(IReadOnlyCollection<string> allowed)
    {
        var passedOver = new List<string>();
        foreach (var property in Root.EnumerateObject())
        {
            var key = property.Name;
            if (key.StartsWith('_') || _understood.Contains(key) || SharedConfigKeys.Harmless.Contains(key)) continue;
            if (IsEmpty(property.Value) || allowed.Contains(key)) passedOver.Add(key);
            else
                throw new BadInputException(Thing(key), "only keys that this version understands", $"the value {Shorten(property.Value)}",
                    $"It may change what the model computes; if you know that it does not, pass --allow-config {key}.");
        }
        return passedOver;
    }

    static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.String => value.GetString()!.Length == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => !value.EnumerateObject().Any(),
        _ => false,
    };

    static string Shorten(JsonElement value) => value.GetRawText() is { Length: > 60 } text ? text[..57] + "…" : value.GetRawText();

    BadInputException Wrong(string key, string expected, JsonElement found)
        => new(Thing(key), expected, Shorten(found), "Correct config.json.");

    BadInputException Missing(string key, string expected)
        => new(Thing(key), expected, "no such key", "Correct config.json, or give the folder of a supported model.");
}
