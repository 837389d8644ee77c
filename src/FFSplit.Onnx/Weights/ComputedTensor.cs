using System.Runtime.InteropServices;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Onnx.Weights;

/// <summary>A float32 tensor whose values are made when its bytes are first read and let go with the last of them, so that a writer has
/// one in memory at a time.</summary>
sealed class ComputedTensor(string name, IReadOnlyList<long> shape, Func<float[]> compute) : TensorData(name, DType.F32, shape)
{
    float[]? _values;

    public override void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        var values = _values ??= compute();
        if (values.Length != ElementCount)
            throw new InvalidOperationException($"{Name}: {values.Length} values for [{string.Join(", ", Shape)}].");
        while (!destination.IsEmpty)
        {
            // In windows, since a span counts its bytes in 31 bits and an array may hold more.
            var first = (int)(offset / sizeof(float));
            var window = values.AsSpan(first, Math.Min(values.Length - first, 1 << 20));
            var bytes = MemoryMarshal.AsBytes(window)[(int)(offset % sizeof(float))..];
            var part = bytes[..Math.Min(bytes.Length, destination.Length)];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            offset += part.Length;
        }
        if (offset == ByteCount) _values = null;
    }
}
