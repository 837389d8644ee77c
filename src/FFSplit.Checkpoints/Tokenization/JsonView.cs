using System.Text.Json;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>A JSON object of a foreign file that knows where it stands, so that every complaint names file and key.</summary>
sealed class JsonView
{
    /// <summary>The largest tokenizer.json on the hub has some 35 MB.</summary>
    const long LargestFile = 512L << 20;

    readonly JsonElement element;
    readonly string place;
    readonly HashSet<string> read = new(StringComparer.Ordinal);

    JsonView(JsonElement element, string place) => (this.element, this.place) = (element, place);

    /// <summary>Reads a file that must hold one JSON object.</summary>
    /// <exception cref="BadInputException">It is too large, no JSON, or no object.</exception>
    internal static JsonView Open(string file)
    {
        if (new FileInfo(file).Length > LargestFile)
            throw TokenizerErrors.WrongKind(file, "at most 512 MB", $"{new FileInfo(file).Length} bytes");
        ReadOnlyMemory<byte> bytes = File.ReadAllBytes(file);
        if (bytes.Span.StartsWith("\uFEFF"u8))
            bytes = bytes[3..];
        try
        {
            _ = new System.Text.UTF8Encoding(false, true).GetCharCount(bytes.Span);
            return Of(JsonDocument.Parse(bytes).RootElement, file, file);
        }
        catch (Exception e) when (e is JsonException or System.Text.DecoderFallbackException)
        {
            throw TokenizerErrors.NotJson(file, e);
        }
    }

    /// <summary>The file and key, for messages.</summary>
    internal string Place => place;

    internal string At(string key) => place.Contains(" · ", StringComparison.Ordinal) ? $"{place}.{key}" : $"{place} · {key}";

    internal bool Has(string key) => element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null;

    internal JsonElement? Raw(string key)
    {
        read.Add(key);
        return element.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    internal string? OptionalText(string key) => Raw(key) is { } value ? Text(value, At(key)) : null;

    internal string Text(string key) => OptionalText(key) ?? throw TokenizerErrors.Missing(At(key), "a text");

    internal bool? OptionalBool(string key) => Raw(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw TokenizerErrors.WrongKind(At(key), "true or false", Show(other)),
    };

    internal bool Bool(string key) => OptionalBool(key) ?? throw TokenizerErrors.Missing(At(key), "true or false");

    internal int? OptionalInt(string key) => Raw(key) is { } value ? Int(value, At(key)) : null;

    internal int Int(string key) => OptionalInt(key) ?? throw TokenizerErrors.Missing(At(key), "a whole number");

    internal JsonView? OptionalObject(string key) => Raw(key) is { } value ? Of(value, At(key), At(key)) : null;

    internal JsonView Object(string key) => OptionalObject(key) ?? throw TokenizerErrors.Missing(At(key), "an object");

    /// <summary>The elements of an array with their places; nothing where the key is absent.</summary>
    internal IEnumerable<(JsonElement Value, string Place)> Items(string key)
    {
        if (Raw(key) is not { } value)
            yield break;
        if (value.ValueKind != JsonValueKind.Array)
            throw TokenizerErrors.WrongKind(At(key), "an array", Show(value));
        var index = 0;
        foreach (var item in value.EnumerateArray())
            yield return (item, $"{At(key)}[{index++}]");
    }

    internal IEnumerable<JsonView> Objects(string key) => Items(key).Select(item => Of(item.Value, item.Place, item.Place));

    /// <summary>All members, whatever their names are.</summary>
    internal IEnumerable<(string Name, JsonElement Value)> Members()
    {
        foreach (var member in element.EnumerateObject())
        {
            string name;
            try
            {
                name = member.Name;
            }
            catch (InvalidOperationException) // half a surrogate pair as \uD800
            {
                throw TokenizerErrors.WrongKind(place, "names of valid Unicode", "half a surrogate pair");
            }
            yield return (name, member.Value);
        }
    }

    /// <summary>Refuses every key that nobody asked for, save those that say nothing (null, false, empty).</summary>
    internal void RefuseOtherKeys(params ReadOnlySpan<string> harmless)
    {
        foreach (var (name, value) in Members())
        {
            var saysNothing = value.ValueKind is JsonValueKind.Null or JsonValueKind.False
                || value.ValueKind == JsonValueKind.String && value.ValueEquals("")
                || value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0;
            if (!read.Contains(name) && !harmless.Contains(name) && !saysNothing)
                throw TokenizerErrors.UnknownKey(place, $"\"{name}\": {Show(value)}");
        }
    }

    internal static JsonView Of(JsonElement value, string place, string thing) => value.ValueKind == JsonValueKind.Object
        ? new JsonView(value, place) : throw TokenizerErrors.WrongKind(thing, "an object", Show(value));

    internal static string Text(JsonElement value, string place)
    {
        if (value.ValueKind != JsonValueKind.String)
            throw TokenizerErrors.WrongKind(place, "a text", Show(value));
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw TokenizerErrors.WrongKind(place, "valid Unicode", "half a surrogate pair");
        }
    }

    internal static int Int(JsonElement value, string place)
        => value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number
            : throw TokenizerErrors.WrongKind(place, "a whole number below 2^31", Show(value));

    static string Show(JsonElement value)
    {
        var raw = value.GetRawText();
        return raw.Length <= 60 ? raw : raw[..60] + "…";
    }
}
