using System.Buffers.Binary;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.Safetensors;

/// <summary>A safetensors file, mapped into memory; its tensors can be read until it is disposed.</summary>
/// <remarks>
/// Everything that the header claims is checked before a tensor is handed out. The format:
/// 8 bytes with the header's length (little-endian), the header (JSON), the tensors' bytes without overlap or hole.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The format's own limit for the header's bytes.</summary>
    internal const long LongestHeader = 100_000_000;

    /// <summary>More axes than any tensor library knows, so that a header cannot make shapes of millions of ones.</summary>
    internal const int MostAxes = 64;

    readonly MappedFile _file;

    SafetensorsFile(MappedFile file, IReadOnlyDictionary<string, TensorData> tensors, IReadOnlyDictionary<string, string> metadata)
        => (_file, Tensors, Metadata) = (file, tensors, metadata);

    /// <summary>The file's tensors by name.</summary>
    public IReadOnlyDictionary<string, TensorData> Tensors { get; }

    /// <summary>The header's <c>__metadata__</c>, empty where there is none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>Maps a file and checks its header.</summary>
    /// <exception cref="BadInputException">The file cannot be read, or its header is malformed, contradicts itself or the file's
    /// length.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return Read(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static SafetensorsFile Read(MappedFile file)
    {
        var errors = new SafetensorsErrors(file.Path);
        if (file.Length < 8) throw errors.TooShort(file.Length);
        Span<byte> prefix = stackalloc byte[8];
        file.ReadBytes(0, prefix);
        if (prefix.SequenceEqual("version "u8)) throw FileErrors.LfsPointer(file.Path);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > LongestHeader) throw errors.HeaderTooLong(length);
        if ((long)length > file.Length - 8) throw errors.HeaderBeyondFile(length, file.Length);

        var json = new byte[length];
        file.ReadBytes(8, json);
        var (entries, metadata) = SafetensorsHeader.Parse(json, errors);
        var dataStart = 8 + (long)length;
        CheckLayout(entries.Values, file.Length - dataStart, errors);
        return new SafetensorsFile(
            file,
            entries.ToDictionary(
                e => e.Key,
                TensorData (e) => new MappedTensor(e.Key, e.Value.Type, e.Value.Shape, file, dataStart + e.Value.Begin)),
            metadata);
    }

    /// <summary>Tensors must cover the bytes after the header exactly once.</summary>
    static void CheckLayout(IEnumerable<SafetensorsEntry> entries, long data, SafetensorsErrors errors)
    {
        var previous = default(SafetensorsEntry);
        foreach (var entry in entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin > data) throw errors.Outside(entry.Name, entry.Begin, data);
            if (entry.Begin < previous.End) throw errors.Overlap(entry.Name, previous.Name, entry.Begin);
            if (entry.Begin > previous.End) throw errors.Hole(entry.Name, previous.End, entry.Begin);
            if (entry.End > data) throw errors.Truncated(entry.Name, entry.End, data);
            previous = entry;
        }
        if (previous.End < data) throw errors.Trailing(previous.End, data);
    }

    /// <summary>Closes the file; its tensors cannot be read any more.</summary>
    public void Dispose() => _file.Dispose();
}
