using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>A fingerprint of weights that does not depend on the files they lie in.</summary>
public static class TensorHash
{
    const int ChunkBytes = 1 << 20;

    /// <summary>
    /// <c>sha256:</c> and 64 hexadecimal digits, over the tensors in ordinal order of their names; of each the name, the element type
    /// (both in UTF-8 after their length), the count of axes, their lengths (all as 8 bytes, little-endian), and the row-major bytes.
    /// </summary>
    public static string Of(IEnumerable<TensorData> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            foreach (var tensor in tensors.OrderBy(t => t.Name, StringComparer.Ordinal))
            {
                Text(hash, tensor.Name);
                Text(hash, tensor.Type.HeaderName());
                Number(hash, tensor.Shape.Count);
                foreach (var length in tensor.Shape) Number(hash, length);
                for (long at = 0; at < tensor.ByteCount; at += ChunkBytes)
                {
                    var part = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, tensor.ByteCount - at));
                    tensor.ReadBytes(at, part);
                    hash.AppendData(part);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Text(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Number(hash, bytes.Length);
        hash.AppendData(bytes);
    }

    static void Number(IncrementalHash hash, long number)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        hash.AppendData(bytes);
    }
}
