namespace FFSplit.Onnx.Protobuf;

/// <summary>One operation.</summary>
/// <param name="Operator">Its type.</param>
/// <param name="Domain">Whose operator; empty for the standard's.</param>
/// <param name="Inputs">Names of values; empty for an optional one that is left out.</param>
/// <param name="Outputs">Names of values; empty for one that nobody needs.</param>
/// <param name="Attributes">In any order.</param>
/// <param name="Name">Of the node, for profilers.</param>
sealed record OnnxNode(string Operator, string Domain, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyList<OnnxAttribute> Attributes, string Name);
