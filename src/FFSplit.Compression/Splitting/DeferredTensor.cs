using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Compression.Splitting;

/// <summary>A tensor whose shape is known and whose bytes are made when the writer reaches it, so that only one block is in memory.</summary>
sealed class DeferredTensor(string name, DType type, IReadOnlyList<long> shape, Func<TensorData> make) : TensorData(name, type, shape)
{
    public override void ReadBytes(long offset, Span<byte> destination) => make().ReadBytes(offset, destination);
}
