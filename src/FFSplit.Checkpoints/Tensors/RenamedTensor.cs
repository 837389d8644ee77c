namespace FFSplit.Checkpoints.Tensors;

/// <summary>A tensor under another name.</summary>
sealed class RenamedTensor(string name, TensorData source) : TensorData(name, source.Type, source.Shape)
{
    public override void ReadBytes(long offset, Span<byte> destination) => source.ReadBytes(offset, destination);
}
