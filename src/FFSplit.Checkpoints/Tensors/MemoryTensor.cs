using System.Runtime.InteropServices;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>A tensor in memory, for writing and for tests.</summary>
public sealed class MemoryTensor : TensorData
{
    readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>Wraps row-major little-endian bytes.</summary>
    /// <exception cref="ArgumentException">The byte count is not that of type and shape.</exception>
    public MemoryTensor(string name, DType type, IReadOnlyList<long> shape, ReadOnlyMemory<byte> bytes) : base(name, type, shape)
    {
        if (bytes.Length != ByteCount)
            throw new ArgumentException($"{name}: {bytes.Length} bytes given, {ByteCount} needed for {type} [{string.Join(", ", shape)}].", nameof(bytes));
        _bytes = bytes;
    }

    /// <summary>Copies float32 values.</summary>
    public static MemoryTensor Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<float> values)
        => new(name, DType.F32, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Copies float64 values.</summary>
    public static MemoryTensor Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<double> values)
        => new(name, DType.F64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <summary>Copies int64 values.</summary>
    public static MemoryTensor Of(string name, IReadOnlyList<long> shape, ReadOnlySpan<long> values)
        => new(name, DType.I64, shape, MemoryMarshal.AsBytes(values).ToArray());

    /// <inheritdoc/>
    public override void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        _bytes.Span.Slice((int)offset, destination.Length).CopyTo(destination);
    }
}
