namespace FFSplit.Onnx.Graph;

/// <summary>What flows along an edge of the graph: an input, a weight, or what a node gives.</summary>
sealed record Value(string Name);
