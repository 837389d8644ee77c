namespace FFSplit.Onnx.Protobuf;

/// <summary>ModelProto (onnx.proto): a graph and the operator sets that its nodes are taken from.</summary>
/// <param name="Graph">The graph.</param>
/// <param name="OperatorSets">Version by domain; the empty domain is that of ONNX itself.</param>
/// <param name="ProducerVersion">Of this library.</param>
sealed record OnnxModel(OnnxGraph Graph, IReadOnlyList<(string Domain, long Version)> OperatorSets, string ProducerVersion)
{
    // Of ONNX 1.12, the first with operator set 17.
    const int FormatVersion = 8;

    public WireMessage Encode() => new WireMessage().Add(1, FormatVersion).Add(2, "ffsplit").Add(3, ProducerVersion).Add(7, Graph.Encode())
        .AddAll(8, OperatorSets, set => new WireMessage().Add(1, set.Domain).Add(2, set.Version));
}
