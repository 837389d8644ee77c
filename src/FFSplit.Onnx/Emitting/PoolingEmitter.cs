using FFSplit.Checkpoints.Sentences;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>One vector of a text, as sentence-transformers makes it.</summary>
static class PoolingEmitter
{
    const float Tiny = 1e-9f;
    const float TinyLength = 1e-12f;

    /// <summary>(batch × width · modes).</summary>
    public static Value Emit(Emission emission, SentencePooling pooling, Value last)
    {
        var graph = emission.Graph;
        Value[] parts = [.. pooling.Modes.Select(mode => mode switch
        {
            PoolingMode.Cls => HeadEmitter.First(emission, last),
            PoolingMode.Max => Largest(emission, last),
            PoolingMode.Mean => Mean(emission, last),
            _ => throw Unsupported.Case(mode),
        })];
        var vector = parts.Length == 1 ? parts[0] : graph.Concat(-1, parts);
        if (!pooling.Normalize) return vector;
        var length = graph.Node("ReduceL2", [vector], OnnxAttribute.Of("axes", [-1L]), OnnxAttribute.Of("keepdims", 1));
        return graph.Divide(vector, graph.Node("Max", [length, graph.Number(TinyLength)]));
    }

    // The mask as a row vector times the states: one pass over them.
    static Value Mean(Emission emission, Value last)
    {
        var graph = emission.Graph;
        var sum = graph.Squeeze(graph.MatMul(graph.Unsqueeze(emission.FloatMask, 1), last), 1);
        var count = graph.Node("Max", [graph.Sum(emission.FloatMask, 1, keep: true), graph.Number(Tiny)]);
        return graph.Divide(sum, count);
    }

    static Value Largest(Emission emission, Value last)
    {
        var graph = emission.Graph;
        var real = graph.Unsqueeze(graph.Cast(emission.AttentionMask, DType.Bool), 2);
        var visible = graph.Node("Where", [real, last, graph.Number(-1e9f)]);
        return graph.Node("ReduceMax", [visible], OnnxAttribute.Of("axes", [1L]), OnnxAttribute.Of("keepdims", 0));
    }
}
