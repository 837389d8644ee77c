using System.Runtime.CompilerServices;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>A view of a storage in a mapped file: transposed, sliced or expanded, read as if it were row-major.</summary>
/// <param name="name">The tensor's name.</param>
/// <param name="type">Type of the storage's elements.</param>
/// <param name="shape">Lengths of the axes.</param>
/// <param name="strides">Elements between neighbours along each axis, checked against the storage beforehand.</param>
/// <param name="file">The file.</param>
/// <param name="start">Byte of the view's first element in the file.</param>
sealed unsafe class StridedTensor(string name, DType type, long[] shape, long[] strides, MappedFile file, long start)
    : TensorData(name, type, shape)
{
    /// <summary>Whether such a view's elements lie one after another; axes of length 1 may have any stride.</summary>
    public static bool IsRowMajor(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        long expected = 1;
        for (var i = shape.Length - 1; i >= 0; i--)
        {
            if (shape[i] == 0) return true;
            if (shape[i] != 1 && strides[i] != expected) return false;
            expected *= shape[i];
        }
        return true;
    }

    public override void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        if (destination.IsEmpty) return;
        var storage = file.Acquire() + start;
        try { Gather(storage, offset, destination); }
        finally { file.Release(); }
    }

    void Gather(byte* storage, long offset, Span<byte> destination)
    {
        var size = Type.Size();
        var element = offset / size;
        var index = new long[shape.Length];
        long at = 0;
        for (var (axis, rest) = (shape.Length - 1, element); axis >= 0; axis--)
        {
            (rest, index[axis]) = Math.DivRem(rest, shape[axis]);
            at += index[axis] * strides[axis];
        }
        var skipped = (int)(offset - element * size);
        while (!destination.IsEmpty)
        {
            var count = Math.Min(size - skipped, destination.Length);
            Copy(storage + at * size + skipped, destination, count);
            destination = destination[count..];
            skipped = 0;
            at = Next(index, at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Copy(byte* source, Span<byte> destination, int count)
    {
        ref var target = ref destination[0];
        switch (count)
        {
            case 1: target = *source; break;
            case 2: Unsafe.WriteUnaligned(ref target, Unsafe.ReadUnaligned<ushort>(source)); break;
            case 4: Unsafe.WriteUnaligned(ref target, Unsafe.ReadUnaligned<uint>(source)); break;
            case 8: Unsafe.WriteUnaligned(ref target, Unsafe.ReadUnaligned<ulong>(source)); break;
            default: new ReadOnlySpan<byte>(source, count).CopyTo(destination); break;
        }
    }

    /// <summary>Steps to the next element in row-major order, as an odometer does.</summary>
    long Next(long[] index, long at)
    {
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            at += strides[axis];
            if (++index[axis] < shape[axis]) return at;
            at -= shape[axis] * strides[axis];
            index[axis] = 0;
        }
        return at;
    }
}
