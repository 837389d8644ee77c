using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>Matrices of int8 with a scale for each output, multiplied by activations that are quantised anew in every run.</summary>
/// <param name="contributed">Whether ONNX Runtime's own node does it in one pass.</param>
/// <param name="tables">Whether tables are int8 too, with a scale for each row.</param>
/// <param name="tokens">Whether the token table is of 4 bits, with a scale for each block of a row (ONNX Runtime's own nodes).</param>
sealed class EightBitPrecision(bool contributed, bool tables, bool tokens) : IPrecision
{
    public string Name => "int8";

    public Value Product(Emission emission, Value x, WeightBinding weight)
    {
        // A tied decoder reads the token table, which lies in the file once.
        if (IsFourBits(emission, weight)) return FourBitTable.Product(emission, x, weight);
        if (tables && weight.Name == emission.Architecture.Embeddings.Tokens.Name)
        {
            // The scales of its rows belong to the outputs.
            var (rows, rowScales) = Table(emission, weight);
            var turned = emission.Graph.Node("Transpose", [rows], OnnxAttribute.Of("perm", [1, 0]));
            return Multiply(emission, x, turned, emission.Graph.Node("Reshape", [rowScales, emission.Graph.Integers(-1)]));
        }
        var (name, width) = (Emission.NameOf(weight), weight.Shape[0]);
        (sbyte[] Codes, float[] Scales) Quantise(WeightStore weights) => Int8Codes.OfColumns(weights.MatrixValues(weight), width);
        return Multiply(emission, x, emission.Codes($"{name}.codes", DType.I8, [weight.Shape[1], width], w => Quantise(w).Codes),
            emission.Made($"{name}.scales", [width], w => Quantise(w).Scales));
    }

    public Value Lookup(Emission emission, WeightBinding table, Value index)
    {
        if (IsFourBits(emission, table)) return FourBitTable.Lookup(emission, table, index);
        if (!tables) return emission.Graph.Gather(emission.Plain(table), index);
        var (rows, scales) = Table(emission, table);
        return emission.Graph.Multiply(emission.Graph.Cast(emission.Graph.Gather(rows, index), DType.F32), emission.Graph.Gather(scales, index));
    }

    public Value? PlainTable(Emission emission, WeightBinding table) => tables ? null : emission.Plain(table);

    public Value? PlainMatrix(Emission emission, IReadOnlyList<WeightBinding> weights) => null;

    bool IsFourBits(Emission emission, WeightBinding table)
        => tokens && table.Name == emission.Architecture.Embeddings.Tokens.Name && Int4Codes.Fits(table.Shape[1]);

    Value Multiply(Emission emission, Value x, Value codes, Value scales)
    {
        var graph = emission.Graph;
        if (contributed) return graph.Contrib("DynamicQuantizeMatMul", [x, codes, scales]);
        var quantised = graph.Nodes("DynamicQuantizeLinear", "", [x], [true, true, true]);
        var sums = graph.Cast(graph.Node("MatMulInteger", [quantised[0], codes, quantised[2]]), DType.F32);
        return graph.Multiply(sums, graph.Multiply(scales, quantised[1]!));
    }

    static (Value Codes, Value Scales) Table(Emission emission, WeightBinding table)
    {
        var (name, rows, width) = (Emission.NameOf(table), table.Shape[0], table.Shape[1]);
        (sbyte[] Codes, float[] Scales) Quantise(WeightStore weights) => Int8Codes.OfRows(weights.Values(table), width);
        return (emission.Codes($"{name}.codes", DType.I8, [rows, width], w => Quantise(w).Codes),
            emission.Made($"{name}.scales", [rows, 1], w => Quantise(w).Scales));
    }
}
