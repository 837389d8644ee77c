using System.Text.Json;
using System.Text.Unicode;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.Safetensors;

/// <summary>A tensor as the header describes it; offsets count from the header's end.</summary>
readonly record struct SafetensorsEntry(string Name, DType Type, long[] Shape, long Begin, long End);

/// <summary>What a header says.</summary>
sealed record SafetensorsContents(Dictionary<string, SafetensorsEntry> Entries, Dictionary<string, string> Metadata);

/// <summary>Reads the header's JSON and checks each entry by itself.</summary>
/// <remarks>Token by token, because a reader of whole documents hides names that occur twice.</remarks>
ref struct SafetensorsHeader
{
    const string MetadataKey = "__metadata__";

    readonly SafetensorsErrors _errors;
    readonly Dictionary<string, SafetensorsEntry> _entries = [];
    readonly Dictionary<string, string> _metadata = [];
    Utf8JsonReader _reader;

    SafetensorsHeader(ReadOnlySpan<byte> json, SafetensorsErrors errors)
    {
        _errors = errors;
        _reader = new Utf8JsonReader(json);
    }

    /// <exception cref="BadInputException">Anything that the header says is malformed or contradicts itself.</exception>
    public static SafetensorsContents Parse(ReadOnlySpan<byte> json, SafetensorsErrors errors)
    {
        if (!Utf8.IsValid(json)) throw errors.NotUtf8();
        if (json.IsEmpty || json[0] != '{') throw errors.NoObject();
        var header = new SafetensorsHeader(json, errors);
        try
        {
            header.ReadAll();
        }
        // The second is what an escaped half of a surrogate pair in a name brings.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw errors.NotJson(e);
        }
        return new(header._entries, header._metadata);
    }

    void ReadAll()
    {
        _reader.Read();
        var metadataSeen = false;
        while (NextKey() is { } name)
        {
            if (name == MetadataKey)
            {
                if (metadataSeen) throw _errors.DuplicateName(name);
                metadataSeen = true;
                ReadMetadata();
            }
            else if (!_entries.TryAdd(name, ReadEntry(name)))
            {
                throw _errors.DuplicateName(name);
            }
        }
        // Spaces may follow the object; anything else makes this throw.
        _reader.Read();
    }

    string? NextKey()
    {
        _reader.Read();
        return _reader.TokenType == JsonTokenType.EndObject ? null : _reader.GetString()!;
    }

    void ReadMetadata()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject) throw _errors.Metadata();
        while (NextKey() is { } key)
        {
            if (!_reader.Read() || _reader.TokenType != JsonTokenType.String) throw _errors.Metadata();
            if (!_metadata.TryAdd(key, _reader.GetString()!)) throw _errors.DuplicateMetadata(key);
        }
    }

    SafetensorsEntry ReadEntry(string name)
    {
        DType? type = null;
        long[]? shape = null;
        (long Begin, long End)? offsets = null;
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.StartObject) throw _errors.NoEntry(name);
        while (NextKey() is { } key)
        {
            _reader.Read();
            switch (key)
            {
                case "dtype":
                    if (type is not null) throw _errors.DuplicateKey(name, key);
                    type = ReadType(name);
                    break;
                case "shape":
                    if (shape is not null) throw _errors.DuplicateKey(name, key);
                    shape = ReadShape(name);
                    break;
                case "data_offsets":
                    if (offsets is not null) throw _errors.DuplicateKey(name, key);
                    offsets = ReadOffsets(name);
                    break;
                default:
                    throw _errors.UnknownKey(name, key);
            }
        }
        var entry = new SafetensorsEntry(
            name,
            type ?? throw _errors.MissingKey(name, "dtype"),
            shape ?? throw _errors.MissingKey(name, "shape"),
            offsets?.Begin ?? throw _errors.MissingKey(name, "data_offsets"),
            offsets.Value.End);
        CheckSize(entry);
        return entry;
    }

    readonly DType ReadType(string name)
    {
        if (_reader.TokenType != JsonTokenType.String) throw _errors.UnknownType(name, _reader.TokenType.ToString());
        var text = _reader.GetString()!;
        foreach (var type in Enum.GetValues<DType>())
            if (type.HeaderName() == text) return type;
        throw text is "F4" or "C64" || text.StartsWith("F6_", StringComparison.Ordinal) || text.StartsWith("F8_", StringComparison.Ordinal)
            ? _errors.UnsupportedType(name, text)
            : _errors.UnknownType(name, text);
    }

    long[] ReadShape(string name)
    {
        if (_reader.TokenType != JsonTokenType.StartArray) throw _errors.NoShape(name);
        var shape = new List<long>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out var length)) throw _errors.NoShape(name);
            if (length < 0) throw _errors.NegativeLength(name, length);
            if (shape.Count == SafetensorsFile.MostAxes) throw _errors.TooManyAxes(name);
            shape.Add(length);
        }
        return [.. shape];
    }

    (long Begin, long End) ReadOffsets(string name)
    {
        if (_reader.TokenType != JsonTokenType.StartArray) throw _errors.NoOffsets(name);
        Span<long> offsets = stackalloc long[2];
        for (var i = 0; i < 2; i++)
        {
            _reader.Read();
            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out offsets[i]) || offsets[i] < 0)
                throw _errors.NoOffsets(name);
        }
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.EndArray) throw _errors.NoOffsets(name);
        return (offsets[0], offsets[1]);
    }

    readonly void CheckSize(SafetensorsEntry entry)
    {
        if (entry.Begin > entry.End) throw _errors.Reversed(entry.Name, entry.Begin, entry.End);
        if (TensorShape.ByteCount(entry.Type, entry.Shape) is not { } bytes) throw _errors.ShapeTooLarge(entry.Name);
        if (bytes != entry.End - entry.Begin)
            throw _errors.SizeMismatch(entry.Name, entry.Type.HeaderName(), entry.Shape, bytes, entry.End - entry.Begin);
    }
}
