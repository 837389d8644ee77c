using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.Safetensors;

/// <summary>Writes safetensors files: the same tensors and metadata give the same bytes, in whatever order they come.</summary>
/// <remarks>
/// Tensors are sorted as the format's reference implementation sorts them, by element type (widest first), then by name in UTF-8,
/// so that each is aligned; the header is padded with spaces to a multiple of 8 bytes.
/// </remarks>
public static class SafetensorsWriter
{
    const int ChunkBytes = 1 << 20;

    /// <summary>Element types in the reference implementation's order; a file holds the last first.</summary>
    static readonly DType[] Ascending =
    [
        DType.Bool, DType.U8, DType.I8, DType.I16, DType.U16, DType.F16, DType.BF16,
        DType.I32, DType.U32, DType.F32, DType.F64, DType.I64, DType.U64,
    ];

    /// <summary>Writes a file whole or not at all, in chunks of 1 MB.</summary>
    /// <param name="path">The target, replaced if it exists; it may be the file that the tensors are read from.</param>
    /// <param name="tensors">Tensors with names of their own.</param>
    /// <param name="metadata">The header's <c>__metadata__</c>; left out when null or empty.</param>
    /// <exception cref="ArgumentException">Two tensors have one name, or one has the name that metadata has.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    /// <exception cref="BadUsageException">The place may not be written to.</exception>
    public static void Write(string path, IEnumerable<TensorData> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = Sort(tensors);
        var header = Header(sorted, metadata);
        AtomicFile.Write(path, stream => WriteTo(stream, sorted, header), FileBytes(sorted, header));
    }

    /// <summary>
    /// Writes to a stream what <see cref="Write(string, IEnumerable{TensorData}, IReadOnlyDictionary{string, string}?)"/> writes to a file.
    /// </summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or one has the name that metadata has.</exception>
    public static void Write(Stream stream, IEnumerable<TensorData> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = Sort(tensors);
        WriteTo(stream, sorted, Header(sorted, metadata));
    }

    /// <summary>Bytes that the file will have; no tensor is read.</summary>
    /// <exception cref="ArgumentException">Two tensors have one name, or one has the name that metadata has.</exception>
    public static long SizeOf(IEnumerable<TensorData> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = Sort(tensors);
        return FileBytes(sorted, Header(sorted, metadata));
    }

    internal static int CompareNames(string a, string b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b));

    static TensorData[] Sort(IEnumerable<TensorData> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var sorted = tensors.ToArray();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var tensor in sorted)
            if (tensor.Name == "__metadata__" || !names.Add(tensor.Name))
                throw new ArgumentException($"Two entries would be called '{tensor.Name}'.", nameof(tensors));
        Array.Sort(sorted, (a, b) => a.Type != b.Type
            ? Array.IndexOf(Ascending, b.Type) - Array.IndexOf(Ascending, a.Type)
            : CompareNames(a.Name, b.Name));
        return sorted;
    }

    static byte[] Header(TensorData[] sorted, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject("__metadata__");
                foreach (var (key, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)) json.WriteString(key, value);
                json.WriteEndObject();
            }
            long begin = 0;
            foreach (var tensor in sorted)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type.HeaderName());
                json.WriteStartArray("shape");
                foreach (var length in tensor.Shape) json.WriteNumberValue(length);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(begin);
                json.WriteNumberValue(begin = checked(begin + tensor.ByteCount));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        var padded = (buffer.WrittenCount + 7) / 8 * 8;
        if (padded > SafetensorsFile.LongestHeader)
            throw new ArgumentException(
                $"The header would have {FileErrors.Count(padded)} bytes, more than the format allows.",
                nameof(sorted));
        buffer.GetSpan(8)[..(padded - buffer.WrittenCount)].Fill((byte)' ');
        buffer.Advance(padded - buffer.WrittenCount);
        return buffer.WrittenSpan.ToArray();
    }

    static long FileBytes(TensorData[] sorted, byte[] header)
        => sorted.Aggregate(8L + header.Length, (sum, tensor) => checked(sum + tensor.ByteCount));

    static void WriteTo(Stream stream, TensorData[] sorted, byte[] header)
    {
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        stream.Write(prefix);
        stream.Write(header);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            foreach (var tensor in sorted)
            {
                for (long at = 0; at < tensor.ByteCount; at += ChunkBytes)
                {
                    var part = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, tensor.ByteCount - at));
                    tensor.ReadBytes(at, part);
                    stream.Write(part);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
