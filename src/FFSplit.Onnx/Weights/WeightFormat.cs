using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Weights;

/// <summary>How matrices are stored and multiplied by, and tables stored and looked up: here as float32.</summary>
class WeightFormat(GraphBuilder graph)
{
    /// <summary>The graph that nodes are added to.</summary>
    protected GraphBuilder Graph => graph;

    /// <summary>x Wᵀ of one matrix, or of several with the same input side by side.</summary>
    /// <param name="x">(… × in).</param>
    /// <param name="weights">Each (out × in).</param>
    /// <returns>(… × all outs).</returns>
    public virtual string Product(string x, params WeightBinding[] weights) => graph.Add("MatMul", [x, Joined(weights)]);

    /// <summary>Rows of a table by number.</summary>
    /// <param name="table">(rows × width).</param>
    /// <param name="numbers">int64, any shape.</param>
    public virtual string Rows(WeightBinding table, string numbers) => graph.Add("Gather", [graph.Weight(table), numbers]);

    /// <summary>x Tᵀ with a table that is looked up too, so that only one copy of it is stored.</summary>
    /// <param name="x">(rows × length × width).</param>
    /// <param name="table">(ids × width).</param>
    public virtual string ProductWithTable(string x, WeightBinding table)
    {
        var flat = graph.Add("Reshape", [x, graph.Ints(-1, table.Shape[1])]);
        var product = graph.Add("Gemm", [flat, graph.Weight(table)], new OnnxAttribute.Int("transB", 1));
        var shape = graph.Add("Concat", [graph.Add("Slice", [graph.Add("Shape", [x]), graph.Ints(0), graph.Ints(2)]), graph.Ints(-1)],
            new OnnxAttribute.Int("axis", 0));
        return graph.Add("Reshape", [product, shape]);
    }

    /// <summary>Several matrices side by side as one constant, (in × all outs).</summary>
    public string Joined(WeightBinding[] weights)
        => weights is [var one] ? graph.Transposed(one) : graph.Made(JoinedName(weights), [weights[0].Shape[1], weights.Sum(w => w.Shape[0])],
            reader => SideBySide(reader, weights));

    /// <summary>Names a constant after all that it is made of.</summary>
    protected static string JoinedName(WeightBinding[] weights) => string.Join('+', weights.Select(GraphBuilder.Name)) + ".T";

    /// <summary>(in × all outs), row-major.</summary>
    protected static float[] SideBySide(WeightReader reader, WeightBinding[] weights)
    {
        if (weights is [var one]) return reader.ReadTransposed(one);
        var (height, width) = (weights[0].Shape[1], weights.Sum(w => w.Shape[0]));
        var joined = new float[height * width];
        var left = 0;
        foreach (var weight in weights)
        {
            var (part, columns) = (reader.ReadTransposed(weight), weight.Shape[0]);
            for (var row = 0; row < height; row++) Array.Copy(part, row * columns, joined, row * width + left, columns);
            left += columns;
        }
        return joined;
    }
}
