using FFSplit.Checkpoints.Sentences;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>One vector of a text's hidden states, as sentence-transformers makes it.</summary>
static class PoolingEmitter
{
    /// <summary>Adds pooling and normalisation, and makes the vector an output of the graph.</summary>
    /// <param name="pooling">How.</param>
    /// <param name="size">Width of the hidden states.</param>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="last">(rows × length × size).</param>
    /// <param name="sequence">The mask.</param>
    public static void Emit(SentencePooling pooling, int size, GraphBuilder graph, string last, SequenceContext sequence)
    {
        using var scope = graph.Scope("pooling");
        var mask = graph.Add("Unsqueeze", [graph.Add("Cast", [sequence.Mask], new OnnxAttribute.Int("to", (long)OnnxType.Float)), graph.Ints(-1)]);
        string[] parts = [.. pooling.Modes.Select(mode => mode switch
        {
            PoolingMode.Cls => graph.Add("Gather", [last, graph.Int(0)], new OnnxAttribute.Int("axis", 1)),
            PoolingMode.Max => graph.Add("ReduceMax", [graph.Add("Where",
                [graph.Add("Cast", [mask], new OnnxAttribute.Int("to", (long)OnnxType.Bool)), last, graph.Float(-1e9)])],
                new OnnxAttribute.Ints("axes", [1]), new OnnxAttribute.Int("keepdims", 0)),
            PoolingMode.Mean => graph.Add("Div", [Sum(graph.Add("Mul", [last, mask])), graph.Add("Max", [Sum(mask), graph.Float(1e-9)])]),
            _ => throw new ArgumentOutOfRangeException(nameof(pooling), mode, "The ONNX emitter has no such pooling."),
        })];
        var vector = parts.Length == 1 ? parts[0] : graph.Add("Concat", parts, new OnnxAttribute.Int("axis", -1));
        if (pooling.Normalize)
        {
            var length = graph.Add("ReduceL2", [vector], new OnnxAttribute.Ints("axes", [-1]));
            vector = graph.Add("Div", [vector, graph.Add("Max", [length, graph.Float(1e-12)])]);
        }
        graph.Output("sentence_embedding", vector, OnnxType.Float, "batch_size", size * parts.Length);

        string Sum(string value) => graph.Add("ReduceSum", [value, graph.Ints(1)], new OnnxAttribute.Int("keepdims", 0));
    }
}
