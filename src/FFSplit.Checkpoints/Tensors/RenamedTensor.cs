namespace FFSplit.Checkpoints.Tensors;

/// <summary>A tensor under another name, its bytes untouched.</summary>
/// <param name="name">The new name.</param>
/// <param name="source">The tensor.</param>
public sealed class RenamedTensor(string name, TensorData source) : TensorData(name, source.Type, source.Shape)
{
    /// <inheritdoc/>
    public override void ReadBytes(long offset, Span<byte> destination) => source.ReadBytes(offset, destination);
}
