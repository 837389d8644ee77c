namespace FFSplit.Onnx.Protobuf;

/// <summary>A constant of the graph, whose bytes are made when they are written.</summary>
/// <param name="Name">Of the value.</param>
/// <param name="Type">Of its elements.</param>
/// <param name="Shape">Row-major.</param>
/// <param name="Read">Gives the bytes, little-endian; called once for each writing.</param>
sealed record OnnxTensor(string Name, OnnxType Type, IReadOnlyList<long> Shape, Func<byte[]> Read)
{
    /// <summary>Bytes of the elements.</summary>
    public long ByteCount => Shape.Aggregate(1L, (count, length) => checked(count * length)) * SizeOf(Type);

    static int SizeOf(OnnxType type) => type switch
    {
        OnnxType.Float or OnnxType.Int32 => 4,
        OnnxType.Int64 => 8,
        OnnxType.UInt8 or OnnxType.Int8 or OnnxType.Bool => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type that is written."),
    };
}
