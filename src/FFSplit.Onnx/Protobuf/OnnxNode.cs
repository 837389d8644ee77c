namespace FFSplit.Onnx.Protobuf;

/// <summary>NodeProto (onnx.proto): one operation; an empty name among inputs or outputs is one that is left out.</summary>
sealed record OnnxNode(
    string Name, string Operator, string Domain,
    IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs, IReadOnlyList<OnnxAttribute> Attributes)
{
    public WireMessage Encode()
    {
        var message = new WireMessage();
        foreach (var input in Inputs) message.Add(1, input);
        foreach (var output in Outputs) message.Add(2, output);
        message.Add(3, Name).Add(4, Operator).AddAll(5, Attributes, a => a.Encode());
        return Domain.Length == 0 ? message : message.Add(7, Domain);
    }
}
