using System.Buffers.Binary;
using System.Text;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>Reads a pickle's bytes; whatever reaches beyond its end is refused.</summary>
sealed class PickleReader(byte[] bytes, TorchErrors errors)
{
    const int LongestLine = 1024;

    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    int _at;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Pickle's one big-endian number.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public byte[] Bytes(ulong length) => Take(length).ToArray();

    public string Text(ulong length) => Decode(Take(length));

    /// <summary>Text up to a line feed, which is taken too.</summary>
    public string Line()
    {
        var rest = bytes.AsSpan(_at);
        var length = rest[..Math.Min(rest.Length, LongestLine)].IndexOf((byte)'\n');
        if (length < 0) throw errors.Pickle($"a name of at most {LongestLine} bytes that ends with a line feed", "none");
        _at += length + 1;
        return Decode(rest[..length]);
    }

    /// <summary>A little-endian number in two's complement, of any length.</summary>
    public object Integer(ulong length)
    {
        var digits = Take(length);
        if (digits.Length > 8) return PickleHugeInteger.Instance;
        long value = digits.Length > 0 && (sbyte)digits[^1] < 0 ? -1 : 0;
        for (var i = digits.Length - 1; i >= 0; i--) value = (value << 8) | digits[i];
        return value;
    }

    ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(bytes.Length - _at))
            throw errors.Pickle(
                $"{FileErrors.Count(count)} bytes after byte {FileErrors.Count(_at)}",
                $"{FileErrors.Count(bytes.Length - _at)}, so it is cut off");
        _at += (int)count;
        return bytes.AsSpan(_at - (int)count, (int)count);
    }

    string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return Utf8.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            throw errors.Pickle("text in UTF-8", "bytes that are not");
        }
    }
}
