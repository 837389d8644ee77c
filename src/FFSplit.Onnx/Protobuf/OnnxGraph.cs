namespace FFSplit.Onnx.Protobuf;

/// <summary>A graph with its constants, nodes in an order in which they can run.</summary>
sealed record OnnxGraph(string Name, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Constants, IReadOnlyList<OnnxValue> Inputs,
    IReadOnlyList<OnnxValue> Outputs)
{
    /// <summary>Versions of the operators by domain; the empty domain is the standard's.</summary>
    public required IReadOnlyDictionary<string, long> Opsets { get; init; }

    /// <summary>What a reader should know, by name.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
