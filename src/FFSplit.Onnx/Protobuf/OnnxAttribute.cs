namespace FFSplit.Onnx.Protobuf;

/// <summary>A named constant of a node.</summary>
abstract record OnnxAttribute(string Name)
{
    /// <summary>A whole number.</summary>
    public sealed record Int(string Name, long Value) : OnnxAttribute(Name);

    /// <summary>Whole numbers.</summary>
    public sealed record Ints(string Name, IReadOnlyList<long> Values) : OnnxAttribute(Name);

    /// <summary>A number.</summary>
    public sealed record Float(string Name, float Value) : OnnxAttribute(Name);

    /// <summary>A text.</summary>
    public sealed record Text(string Name, string Value) : OnnxAttribute(Name);
}
