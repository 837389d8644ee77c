using System.Runtime.InteropServices;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>A tensor whose values are made when its bytes are first read and let go with the last of them, so that a writer has one in
/// memory at a time.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">The element type that <typeparamref name="T"/> stands for.</param>
/// <param name="shape">Its shape.</param>
/// <param name="compute">Makes all values, row-major.</param>
public sealed class ComputedTensor<T>(string name, DType type, IReadOnlyList<long> shape, Func<T[]> compute) : TensorData(name, type, shape)
    where T : unmanaged
{
    T[]? _values;

    /// <inheritdoc/>
    public override void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        var values = _values ??= compute();
        if (values.Length != ElementCount)
            throw new InvalidOperationException($"{Name}: {values.Length} values for [{string.Join(", ", Shape)}].");
        while (!destination.IsEmpty)
        {
            // Spans count bytes in 31 bits, arrays hold 2³¹ elements: 1 Gi floats (4 GiB) at a time would be too many.
            var size = Type.Size();
            var first = (int)(offset / size);
            var window = MemoryMarshal.AsBytes(values.AsSpan(first, Math.Min(values.Length - first, 1 << 20)))[(int)(offset % size)..];
            var part = window[..Math.Min(window.Length, destination.Length)];
            part.CopyTo(destination);
            destination = destination[part.Length..];
            offset += part.Length;
        }
        if (offset == ByteCount) _values = null;
    }
}
