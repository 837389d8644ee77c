namespace FFSplit.Onnx.Protobuf;

/// <summary>An input or output of the graph.</summary>
/// <param name="Name">Of the value.</param>
/// <param name="Type">Of its elements.</param>
/// <param name="Shape">Lengths, or names of lengths that vary.</param>
sealed record OnnxValue(string Name, OnnxType Type, IReadOnlyList<OnnxLength> Shape);

/// <summary>A length that is known, or one that varies and has a name.</summary>
readonly record struct OnnxLength(long Value, string? Name)
{
    public static implicit operator OnnxLength(long value) => new(value, null);

    public static implicit operator OnnxLength(string name) => new(0, name);
}
