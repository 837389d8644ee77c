using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>Conversions between floating-point formats of 16, 32 and 64 bits, a span at a time.</summary>
static class FloatFormats
{
    /// <summary>bfloat16 to float32: the same bits with 16 zeros behind. Exact.</summary>
    public static void WidenBFloat16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var bits = MemoryMarshal.Cast<float, uint>(destination)[..source.Length];
        var i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(source[i..]));
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector256<uint>.Count)..]);
        }
        for (; i < source.Length; i++) bits[i] = (uint)source[i] << 16;
    }

    /// <summary>IEEE half to float32. Exact; a NaN stays one with its payload.</summary>
    public static void WidenHalf(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var i = 0;
        for (; i <= source.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(source[i..]));
            WidenHalf(low).CopyTo(destination[i..]);
            WidenHalf(high).CopyTo(destination[(i + Vector256<uint>.Count)..]);
        }
        for (; i < source.Length; i++) destination[i] = (float)BitConverter.UInt16BitsToHalf(source[i]);
    }

    /// <summary>
    /// Exponent and mantissa moved into float32's place are off by the difference of the biases (127 − 15 = 112), which a
    /// multiplication by 2¹¹² mends, subnormal halves included; infinities and NaN get the highest exponent instead.
    /// </summary>
    static Vector256<float> WidenHalf(Vector256<uint> half)
    {
        var sign = (half & Vector256.Create(0x8000u)) << 16;
        var moved = (half & Vector256.Create(0x7fffu)) << 13;
        var scaled = (moved.AsSingle() * Vector256.Create(5.192296858534828e33f)).AsUInt32();
        var special = moved | Vector256.Create(0x7f800000u);
        var isSpecial = Vector256.GreaterThanOrEqual(moved, Vector256.Create(0x7c00u << 13));
        return (sign | Vector256.ConditionalSelect(isSpecial, special, scaled)).AsSingle();
    }

    /// <summary>Float32 to bfloat16, to the nearest, ties to even; a NaN stays one.</summary>
    public static ushort ToBFloat16(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7fffu + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Float64 to bfloat16, to the nearest, ties to even, in one rounding.</summary>
    public static ushort ToBFloat16(double value)
    {
        var nearest = (float)value;
        if (nearest == value || !float.IsFinite(nearest)) return ToBFloat16(nearest);
        // Rounded to odd the float remembers that something was cut off, so that the second rounding sees no false tie.
        var bits = BitConverter.SingleToUInt32Bits(nearest);
        if (Math.Abs((double)nearest) > Math.Abs(value)) bits--;
        return ToBFloat16(BitConverter.UInt32BitsToSingle(bits | 1));
    }

    /// <summary>Any numbers to another type with .NET's own conversion, element by element.</summary>
    public static void Convert<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> destination)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo>
    {
        for (var i = 0; i < source.Length; i++) destination[i] = TTo.CreateTruncating(source[i]);
    }
}
