using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Weights;

/// <summary>Matrices of int8 with a scale for each output, multiplied by activations that are quantised anew for each batch.</summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="fused">Whether ONNX Runtime's own node does it in one pass.</param>
/// <param name="tables">Whether tables are int8 too, with a scale for each row.</param>
sealed class Int8WeightFormat(GraphBuilder graph, bool fused, bool tables) : WeightFormat(graph)
{
    public override string Product(string x, params WeightBinding[] weights)
    {
        var name = JoinedName(weights);
        var (height, width) = (weights[0].Shape[1], weights.Sum(w => w.Shape[0]));
        var codes = Graph.Codes(name + ".int8", [height, width], reader => Int8Codes.OfColumns(SideBySide(reader, weights), width).Codes);
        var scales = Graph.Made(name + ".scales", [width], reader => Int8Codes.OfColumns(SideBySide(reader, weights), width).Scales);
        if (fused) return Graph.Add("com.microsoft", "DynamicQuantizeMatMul", [x, codes, scales], []);
        var quantised = Graph.Add("", "DynamicQuantizeLinear", [x], [], outputs: 3);
        var sums = Graph.Add("MatMulInteger", [quantised[0], codes, quantised[2]]);
        var plain = Graph.Add("Cast", [sums], new OnnxAttribute.Int("to", (long)OnnxType.Float));
        return Graph.Add("Mul", [plain, Graph.Add("Mul", [scales, quantised[1]])]);
    }

    public override string Rows(WeightBinding table, string numbers)
    {
        if (!tables) return base.Rows(table, numbers);
        var (codes, scales) = Table(table);
        var plain = Graph.Add("Cast", [Graph.Add("Gather", [codes, numbers])], new OnnxAttribute.Int("to", (long)OnnxType.Float));
        return Graph.Add("Mul", [plain, Graph.Add("Gather", [scales, numbers])]);
    }

    public override string ProductWithTable(string x, WeightBinding table)
    {
        if (!tables) return base.ProductWithTable(x, table);
        // The rows' scales belong to the product's outputs.
        var (codes, scales) = Table(table);
        var turned = Graph.Add("Transpose", [codes], new OnnxAttribute.Ints("perm", [1, 0]));
        var outputs = Graph.Add("Reshape", [scales, Graph.Ints(-1)]);
        if (fused) return Graph.Add("com.microsoft", "DynamicQuantizeMatMul", [x, turned, outputs], []);
        var quantised = Graph.Add("", "DynamicQuantizeLinear", [x], [], outputs: 3);
        var plain = Graph.Add("Cast", [Graph.Add("MatMulInteger", [quantised[0], turned, quantised[2]])],
            new OnnxAttribute.Int("to", (long)OnnxType.Float));
        return Graph.Add("Mul", [plain, Graph.Add("Mul", [outputs, quantised[1]])]);
    }

    (string Codes, string Scales) Table(WeightBinding table)
    {
        var (rows, width) = (table.Shape[0], table.Shape[1]);
        return (Graph.Codes(GraphBuilder.Name(table) + ".int8", [rows, width], reader => Int8Codes.OfRows(reader.Read(table), width).Codes),
            Graph.Made(GraphBuilder.Name(table) + ".row_scales", [rows, 1], reader => Int8Codes.OfRows(reader.Read(table), width).Scales));
    }
}
