using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Exporting;

/// <summary>How much of a graph's weights a run goes through.</summary>
static class WeightReads
{
    /// <summary>Bytes of the weights that some node reads as a whole. Tables of which nodes only take rows are not among them.</summary>
    public static long Bytes(OnnxGraph graph)
    {
        var read = graph.AllNodes.SelectMany(node => node.Inputs.Where((_, i) => !IsLookedUp(node, i))).ToHashSet(StringComparer.Ordinal);
        return graph.Initializers.Where(i => read.Contains(i.Data.Name)).Sum(i => i.Data.ByteCount);
    }

    static bool IsLookedUp(OnnxNode node, int input) => node.Operator switch
    {
        "Gather" or "Slice" => input == 0,
        // Codes and their scales.
        "GatherBlockQuantized" => input is 0 or 2,
        // Tokens, positions and types.
        "EmbedLayerNormalization" => input is 2 or 3 or 4,
        _ => false,
    };
}
