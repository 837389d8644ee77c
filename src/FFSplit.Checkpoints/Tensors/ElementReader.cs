using System.Globalization;
using System.Runtime.InteropServices;
using static FFSplit.Checkpoints.Tensors.FloatFormats;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>Turns stored bytes into numbers; source and destination have the same count of elements.</summary>
static class ElementReader
{
    /// <exception cref="BadInputException">A finite float64 is too large for float32.</exception>
    public static void ToSingles(string name, DType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        switch (type)
        {
            case DType.Bool: Booleans(source, destination, 1f); break;
            case DType.U8: Convert(source, destination); break;
            case DType.I8: Convert(As<sbyte>(source), destination); break;
            case DType.I16: Convert(As<short>(source), destination); break;
            case DType.U16: Convert(As<ushort>(source), destination); break;
            case DType.I32: Convert(As<int>(source), destination); break;
            case DType.U32: Convert(As<uint>(source), destination); break;
            case DType.I64: Convert(As<long>(source), destination); break;
            case DType.U64: Convert(As<ulong>(source), destination); break;
            case DType.F16: WidenHalf(As<ushort>(source), destination); break;
            case DType.BF16: WidenBFloat16(As<ushort>(source), destination); break;
            case DType.F32: source.CopyTo(MemoryMarshal.AsBytes(destination)); break;
            case DType.F64: Narrow(name, As<double>(source), destination); break;
            default: throw Unknown(type);
        }
    }

    public static void ToDoubles(string name, DType type, ReadOnlySpan<byte> source, Span<double> destination)
    {
        switch (type)
        {
            case DType.Bool: Booleans(source, destination, 1d); break;
            case DType.U8: Convert(source, destination); break;
            case DType.I8: Convert(As<sbyte>(source), destination); break;
            case DType.I16: Convert(As<short>(source), destination); break;
            case DType.U16: Convert(As<ushort>(source), destination); break;
            case DType.I32: Convert(As<int>(source), destination); break;
            case DType.U32: Convert(As<uint>(source), destination); break;
            case DType.I64: Convert(As<long>(source), destination); break;
            case DType.U64: Convert(As<ulong>(source), destination); break;
            case DType.F16: Convert(As<Half>(source), destination); break;
            case DType.BF16: ThroughSingles(name, type, source, destination); break;
            case DType.F32: Convert(As<float>(source), destination); break;
            case DType.F64: source.CopyTo(MemoryMarshal.AsBytes(destination)); break;
            default: throw Unknown(type);
        }
    }

    /// <exception cref="BadInputException">An unsigned number is too large for int64.</exception>
    public static void ToInt64s(string name, DType type, ReadOnlySpan<byte> source, Span<long> destination)
    {
        switch (type)
        {
            case DType.Bool: Booleans(source, destination, 1L); break;
            case DType.U8: Convert(source, destination); break;
            case DType.I8: Convert(As<sbyte>(source), destination); break;
            case DType.I16: Convert(As<short>(source), destination); break;
            case DType.U16: Convert(As<ushort>(source), destination); break;
            case DType.I32: Convert(As<int>(source), destination); break;
            case DType.U32: Convert(As<uint>(source), destination); break;
            case DType.I64: source.CopyTo(MemoryMarshal.AsBytes(destination)); break;
            case DType.U64: Signed(name, As<ulong>(source), destination); break;
            default: throw Unknown(type);
        }
    }

    /// <summary>The failure of a finite element that another type would turn into infinity.</summary>
    public static BadInputException TooLarge(string name, double value, DType type) => new(
        name,
        $"elements that {type.HeaderName()} can hold",
        value.ToString("R", CultureInfo.InvariantCulture),
        "Keep a wider type for this checkpoint, for instance float32 or bfloat16.");

    static ReadOnlySpan<T> As<T>(ReadOnlySpan<byte> bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    static void Booleans<T>(ReadOnlySpan<byte> source, Span<T> destination, T one) where T : struct
    {
        for (var i = 0; i < source.Length; i++) destination[i] = source[i] == 0 ? default : one;
    }

    static void Narrow(string name, ReadOnlySpan<double> source, Span<float> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            destination[i] = (float)source[i];
            if (float.IsInfinity(destination[i]) && double.IsFinite(source[i])) throw TooLarge(name, source[i], DType.F32);
        }
    }

    static void Signed(string name, ReadOnlySpan<ulong> source, Span<long> destination)
    {
        for (var i = 0; i < source.Length; i++)
        {
            if (source[i] > long.MaxValue)
                throw new BadInputException(
                    name,
                    "whole numbers of at most 63 bits",
                    source[i].ToString(CultureInfo.InvariantCulture),
                    "Store it as I64.");
            destination[i] = (long)source[i];
        }
    }

    static void ThroughSingles(string name, DType type, ReadOnlySpan<byte> source, Span<double> destination)
    {
        Span<float> singles = stackalloc float[256];
        for (var at = 0; at < destination.Length; at += singles.Length)
        {
            var count = Math.Min(singles.Length, destination.Length - at);
            ToSingles(name, type, source.Slice(at * type.Size(), count * type.Size()), singles);
            Convert((ReadOnlySpan<float>)singles[..count], destination[at..]);
        }
    }

    static ArgumentOutOfRangeException Unknown(DType type) => new(nameof(type), type, "Not an element type that can be read so.");
}
