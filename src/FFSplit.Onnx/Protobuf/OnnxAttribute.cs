namespace FFSplit.Onnx.Protobuf;

/// <summary>AttributeProto (onnx.proto): a named setting of a node.</summary>
abstract record OnnxAttribute(string Name)
{
    public static OnnxAttribute Of(string name, long value) => new Int(name, value);

    public static OnnxAttribute Of(string name, double value) => new Float(name, (float)value);

    public static OnnxAttribute Of(string name, params long[] values) => new Ints(name, values);

    public static OnnxAttribute Of(string name, OnnxGraph value) => new Graph(name, value);

    public abstract WireMessage Encode();

    WireMessage Begin() => new WireMessage().Add(1, Name);

    internal sealed record Float(string Name, float Value) : OnnxAttribute(Name)
    {
        public override WireMessage Encode() => Begin().Add(2, Value).Add(20, 1);
    }

    internal sealed record Int(string Name, long Value) : OnnxAttribute(Name)
    {
        public override WireMessage Encode() => Begin().Add(3, Value).Add(20, 2);
    }

    internal sealed record Ints(string Name, IReadOnlyList<long> Values) : OnnxAttribute(Name)
    {
        public override WireMessage Encode()
        {
            var message = Begin();
            foreach (var value in Values) message.Add(8, value);
            return message.Add(20, 7);
        }
    }

    /// <summary>A graph inside the node, which sees the values of the graph around it.</summary>
    internal sealed record Graph(string Name, OnnxGraph Value) : OnnxAttribute(Name)
    {
        public override WireMessage Encode() => Begin().Add(6, Value.Encode()).Add(20, 5);
    }
}
