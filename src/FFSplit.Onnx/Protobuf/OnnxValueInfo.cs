using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Onnx.Protobuf;

/// <summary>ValueInfoProto (onnx.proto): an input or output of the graph.</summary>
sealed record OnnxValueInfo(string Name, DType Type, IReadOnlyList<OnnxDimension> Shape)
{
    public WireMessage Encode()
    {
        var shape = new WireMessage().AddAll(1, Shape, d => d.Encode());
        var tensor = new WireMessage().Add(1, Type.Code()).Add(2, shape);
        return new WireMessage().Add(1, Name).Add(2, new WireMessage().Add(1, tensor));
    }
}

/// <summary>The length of an axis, or the name of one that is only known when the model runs.</summary>
sealed record OnnxDimension(string? Name, long Length)
{
    public static implicit operator OnnxDimension(string name) => new(name, 0);

    public static implicit operator OnnxDimension(long length) => new(null, length);

    public WireMessage Encode() => Name is null ? new WireMessage().Add(1, Length) : new WireMessage().Add(2, Name);
}
