namespace FFSplit.Checkpoints.Tensors;

/// <summary>A float32 tensor of zeros that takes no memory: the place of a weight that is still to be made.</summary>
sealed class ZeroTensor(string name, IReadOnlyList<long> shape) : TensorData(name, DType.F32, shape)
{
    public override void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, ByteCount - destination.Length);
        destination.Clear();
    }
}
