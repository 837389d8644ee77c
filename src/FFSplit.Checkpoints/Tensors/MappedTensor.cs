using FFSplit.Checkpoints.Files;

namespace FFSplit.Checkpoints.Tensors;

/// <summary>A tensor whose row-major bytes lie in one piece in a mapped file; readable while the file is open.</summary>
sealed class MappedTensor(string name, DType type, IReadOnlyList<long> shape, MappedFile file, long start) : TensorData(name, type, shape)
{
    public override void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        file.ReadBytes(start + offset, destination);
    }
}
