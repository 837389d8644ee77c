namespace FFSplit.Checkpoints.Tensors;

/// <summary>A named tensor whose bytes can be read piece by piece, wherever they lie: a mapped file, a strided view, an array.</summary>
/// <remarks>What readers hand out is what writers take, so a tensor is copied byte for byte without being interpreted.</remarks>
public abstract class TensorData
{
    /// <summary>Describes a tensor; the shape is row-major, an empty shape is a scalar.</summary>
    protected TensorData(string name, DType type, IReadOnlyList<long> shape)
    {
        Name = name;
        Type = type;
        Shape = shape;
        ElementCount = 1;
        foreach (var length in shape) ElementCount = checked(ElementCount * length);
        ByteCount = checked(ElementCount * type.Size());
    }

    /// <summary>The name in its file.</summary>
    public string Name { get; }

    /// <summary>The element type.</summary>
    public DType Type { get; }

    /// <summary>Lengths of the axes, outermost first.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Product of the shape.</summary>
    public long ElementCount { get; }

    /// <summary>Elements times element size.</summary>
    public long ByteCount { get; }

    /// <summary>Copies row-major little-endian bytes from <paramref name="offset"/> on, exactly as many as the destination holds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the tensor.</exception>
    public abstract void ReadBytes(long offset, Span<byte> destination);
}
