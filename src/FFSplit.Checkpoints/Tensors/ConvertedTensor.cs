using System.Buffers;
using System.Runtime.InteropServices;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>A tensor in another floating-point type, converted while it is read, so that a writer never holds it whole.</summary>
sealed class ConvertedTensor(TensorData source, DType type) : TensorData(source.Name, type, source.Shape)
{
    const int ChunkElements = 1 << 14;

    public override void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        var size = Type.Size();
        var sourceSize = source.Type.Size();
        var bytes = ArrayPool<byte>.Shared.Rent(ChunkElements * sourceSize);
        var converted = ArrayPool<byte>.Shared.Rent(ChunkElements * size);
        try
        {
            while (!destination.IsEmpty)
            {
                // A range may begin and end within an element; whole ones are converted and the rest is cut off.
                var first = offset / size;
                var skipped = (int)(offset % size);
                var count = (int)Math.Min(
                    ChunkElements,
                    Math.Min(ElementCount - first, (skipped + (long)destination.Length + size - 1) / size));
                var from = bytes.AsSpan(0, count * sourceSize);
                source.ReadBytes(first * sourceSize, from);
                Convert(from, converted.AsSpan(0, count * size), count);
                var part = converted.AsSpan(skipped, Math.Min(count * size - skipped, destination.Length));
                part.CopyTo(destination);
                destination = destination[part.Length..];
                offset += part.Length;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
            ArrayPool<byte>.Shared.Return(converted);
        }
    }

    void Convert(ReadOnlySpan<byte> from, Span<byte> to, int count)
    {
        var name = TensorConversion.Named(source);
        if (Type == DType.F32)
        {
            ElementReader.ToSingles(name, source.Type, from, MemoryMarshal.Cast<byte, float>(to));
            return;
        }
        if (Type == DType.F64)
        {
            ElementReader.ToDoubles(name, source.Type, from, MemoryMarshal.Cast<byte, double>(to));
            return;
        }
        // Through float64, which holds every source exactly (integers beyond 2⁵³ apart), so that there is one rounding.
        var values = ArrayPool<double>.Shared.Rent(count);
        try
        {
            var doubles = values.AsSpan(0, count);
            ElementReader.ToDoubles(name, source.Type, from, doubles);
            Narrow(name, doubles, MemoryMarshal.Cast<byte, ushort>(to));
        }
        finally
        {
            ArrayPool<double>.Shared.Return(values);
        }
    }

    void Narrow(string name, ReadOnlySpan<double> values, Span<ushort> to)
    {
        // All exponent bits set: infinity or NaN, which only such a source may become.
        var exponent = Type == DType.F16 ? 0x7c00 : 0x7f80;
        for (var i = 0; i < values.Length; i++)
        {
            to[i] = Type == DType.F16 ? BitConverter.HalfToUInt16Bits((Half)values[i]) : FloatFormats.ToBFloat16(values[i]);
            if ((to[i] & exponent) == exponent && double.IsFinite(values[i])) throw ElementReader.TooLarge(name, values[i], Type);
        }
    }
}
