using System.Buffers;
using System.Runtime.InteropServices;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>Reads a stored tensor's elements as the numbers that a computation wants, whatever type they are stored in.</summary>
public static class TensorConversion
{
    const int ChunkElements = 1 << 16;

    /// <summary>
    /// Reads all elements in row-major order as float32: exact from F16, BF16 and integers up to 16 bits, else to the nearest.
    /// </summary>
    /// <param name="tensor">A tensor of any type; BOOL gives 0 and 1.</param>
    /// <param name="destination">Exactly as many elements as the tensor has.</param>
    /// <exception cref="BadInputException">A finite float64 is too large for float32.</exception>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public static void ToSingle(this TensorData tensor, Span<float> destination)
    {
        CheckLength(tensor, destination.Length);
        if (tensor.Type == DType.F32)
        {
            for (var at = 0; at < destination.Length; at += ChunkElements)
            {
                var part = destination.Slice(at, Math.Min(ChunkElements, destination.Length - at));
                tensor.ReadBytes((long)at * sizeof(float), MemoryMarshal.AsBytes(part));
            }
            return;
        }
        Chunked(tensor, destination, ElementReader.ToSingles);
    }

    /// <summary>Reads all elements in row-major order as float32; see <see cref="ToSingle"/>.</summary>
    /// <exception cref="BadInputException">A finite float64 is too large for float32.</exception>
    /// <exception cref="MachineLimitException">The tensor has more elements than an array can hold.</exception>
    public static float[] ReadSingles(this TensorData tensor)
    {
        var values = Allocate<float>(tensor);
        tensor.ToSingle(values);
        return values;
    }

    /// <summary>Reads all elements in row-major order as float64: exact from all types but integers of 64 bits beyond 2⁵³.</summary>
    /// <param name="tensor">A tensor of any type; BOOL gives 0 and 1.</param>
    /// <param name="destination">Exactly as many elements as the tensor has.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public static void ToDouble(this TensorData tensor, Span<double> destination)
    {
        CheckLength(tensor, destination.Length);
        Chunked(tensor, destination, ElementReader.ToDoubles);
    }

    /// <summary>Reads all elements in row-major order as float64; see <see cref="ToDouble"/>.</summary>
    /// <exception cref="MachineLimitException">The tensor has more elements than an array can hold.</exception>
    public static double[] ReadDoubles(this TensorData tensor)
    {
        var values = Allocate<double>(tensor);
        tensor.ToDouble(values);
        return values;
    }

    /// <summary>Reads all elements of a tensor of integers or BOOL in row-major order.</summary>
    /// <exception cref="BadInputException">The elements are floating-point numbers, or too large for int64.</exception>
    /// <exception cref="MachineLimitException">The tensor has more elements than an array can hold.</exception>
    public static long[] ReadInt64s(this TensorData tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Type.IsFloat())
            throw new BadInputException(Named(tensor), "whole numbers", $"{tensor.Type.HeaderName()}", "Store it in an integer type.");
        var values = Allocate<long>(tensor);
        Chunked(tensor, values.AsSpan(), ElementReader.ToInt64s);
        return values;
    }

    /// <summary>
    /// The tensor in another floating-point type, converted piece by piece while it is read; the tensor itself if it has that type.
    /// </summary>
    /// <param name="tensor">A tensor of any type.</param>
    /// <param name="type">F64, F32, F16 or BF16. Rounding is to the nearest, ties to even, in one step.</param>
    /// <returns>A tensor whose reading throws <see cref="BadInputException"/> where a finite element is too large for the type.</returns>
    /// <exception cref="ArgumentException">The type is not a floating-point type.</exception>
    public static TensorData CastTo(this TensorData tensor, DType type)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.Type == type) return tensor;
        return type.IsFloat() ? new ConvertedTensor(tensor, type)
            : throw new ArgumentException($"{type} is not a floating-point type.", nameof(type));
    }

    /// <summary>Whether two tensors have the same type, shape and bytes; their names may differ.</summary>
    public static bool SameBytes(TensorData a, TensorData b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (a.Type != b.Type || !a.Shape.SequenceEqual(b.Shape)) return false;
        const int Half = 1 << 19;
        var buffer = ArrayPool<byte>.Shared.Rent(2 * Half);
        try
        {
            for (long at = 0; at < a.ByteCount; at += Half)
            {
                var length = (int)Math.Min(Half, a.ByteCount - at);
                var left = buffer.AsSpan(0, length);
                var right = buffer.AsSpan(Half, length);
                a.ReadBytes(at, left);
                b.ReadBytes(at, right);
                if (!left.SequenceEqual(right)) return false;
            }
            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    delegate void Reader<T>(string name, DType type, ReadOnlySpan<byte> source, Span<T> destination);

    static void Chunked<T>(TensorData tensor, Span<T> destination, Reader<T> read)
    {
        var size = tensor.Type.Size();
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkElements * size);
        try
        {
            for (var at = 0; at < destination.Length; at += ChunkElements)
            {
                var part = destination.Slice(at, Math.Min(ChunkElements, destination.Length - at));
                var bytes = buffer.AsSpan(0, part.Length * size);
                tensor.ReadBytes((long)at * size, bytes);
                read(Named(tensor), tensor.Type, bytes, part);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static T[] Allocate<T>(TensorData tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.ElementCount <= Array.MaxLength) return new T[tensor.ElementCount];
        throw new MachineLimitException(
            $"{Named(tensor)}: {FileErrors.Count(tensor.ElementCount)} elements do not fit into one array. Use a smaller model.");
    }

    static void CheckLength(TensorData tensor, int length)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (length != tensor.ElementCount)
            throw new ArgumentException($"{Named(tensor)} has {tensor.ElementCount} elements, the destination {length}.");
    }

    internal static string Named(TensorData tensor) => $"tensor '{FileErrors.Shown(tensor.Name)}'";
}
