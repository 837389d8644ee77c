namespace FFSplit.Onnx.Protobuf;

/// <summary>GraphProto (onnx.proto): nodes in the order of running, weights, inputs and outputs.</summary>
sealed record OnnxGraph(
    string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Initializers,
    IReadOnlyList<OnnxValueInfo> Inputs, IReadOnlyList<OnnxValueInfo> Outputs)
{
    /// <summary>The nodes, and those of the graphs inside them.</summary>
    public IEnumerable<OnnxNode> AllNodes
        => Nodes.SelectMany(n => n.Attributes.OfType<OnnxAttribute.Graph>().SelectMany(a => a.Value.AllNodes).Prepend(n));

    public WireMessage Encode() => new WireMessage()
        .AddAll(1, Nodes, n => n.Encode()).Add(2, Name).AddAll(5, Initializers, t => t.Encode())
        .AddAll(11, Inputs, i => i.Encode()).AddAll(12, Outputs, o => o.Encode());
}
