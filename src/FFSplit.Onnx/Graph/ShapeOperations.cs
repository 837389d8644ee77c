using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Graph;

/// <summary>Operations that only rearrange, and whole-number arithmetic on positions, in short.</summary>
static class ShapeOperations
{
    /// <summary>0 keeps a length, −1 is what is left.</summary>
    public static Value Reshape(this GraphBuilder graph, Value x, params long[] shape) => graph.Node("Reshape", [x, graph.Integers(shape)]);

    public static Value Transpose(this GraphBuilder graph, Value x, params long[] order)
        => graph.Node("Transpose", [x], OnnxAttribute.Of("perm", order));

    public static Value Unsqueeze(this GraphBuilder graph, Value x, params long[] axes)
        => graph.Node("Unsqueeze", [x, graph.Integers(axes)]);

    public static Value Squeeze(this GraphBuilder graph, Value x, params long[] axes) => graph.Node("Squeeze", [x, graph.Integers(axes)]);

    public static Value Concat(this GraphBuilder graph, long axis, params Value[] parts)
        => graph.Node("Concat", parts, OnnxAttribute.Of("axis", axis));

    public static Value Cast(this GraphBuilder graph, Value x, DType type) => graph.Node("Cast", [x], OnnxAttribute.Of("to", type.Code()));

    public static Value Add(this GraphBuilder graph, Value a, Value b) => graph.Node("Add", [a, b]);

    public static Value Subtract(this GraphBuilder graph, Value a, Value b) => graph.Node("Sub", [a, b]);

    public static Value Multiply(this GraphBuilder graph, Value a, Value b) => graph.Node("Mul", [a, b]);

    public static Value Divide(this GraphBuilder graph, Value a, Value b) => graph.Node("Div", [a, b]);

    public static Value MatMul(this GraphBuilder graph, Value a, Value b) => graph.Node("MatMul", [a, b]);

    /// <summary>Rows of a table, or slices along another axis, by index.</summary>
    public static Value Gather(this GraphBuilder graph, Value table, Value index, long axis = 0)
        => graph.Node("Gather", [table, index], OnnxAttribute.Of("axis", axis));

    /// <summary>The part from <paramref name="start"/> to before <paramref name="end"/> along an axis; both are vectors of one
    /// number.</summary>
    public static Value Slice(this GraphBuilder graph, Value x, Value start, Value end, long axis)
        => graph.Node("Slice", [x, start, end, graph.Integers(axis)]);

    /// <summary>The length of an axis as a vector of one number.</summary>
    public static Value Length(this GraphBuilder graph, Value x, long axis)
        => graph.Node("Shape", [x], OnnxAttribute.Of("start", axis), OnnxAttribute.Of("end", axis + 1));

    /// <summary>Whole numbers from one scalar to before another.</summary>
    public static Value Range(this GraphBuilder graph, Value start, Value end) => graph.Node("Range", [start, end, graph.Integer(1)]);

    /// <summary>Parts of these lengths along the last axis.</summary>
    public static Value[] Split(this GraphBuilder graph, Value x, params long[] lengths)
        => [.. graph.Nodes("Split", "", [x, graph.Integers(lengths)], [.. lengths.Select(_ => true)],
            OnnxAttribute.Of("axis", -1)).Select(v => v!)];

    /// <summary>The sum over an axis, which stays with length 1 where <paramref name="keep"/>.</summary>
    public static Value Sum(this GraphBuilder graph, Value x, long axis, bool keep)
        => graph.Node("ReduceSum", [x, graph.Integers(axis)], OnnxAttribute.Of("keepdims", keep ? 1 : 0));
}
