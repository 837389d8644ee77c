using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>A table of int8 with a scale for each row.</summary>
/// <param name="contributed">Whether ONNX Runtime's own node multiplies in one pass.</param>
sealed class EightBitTable(bool contributed) : ITableForm
{
    public bool Fits(WeightBinding table) => true;

    public Value Lookup(Emission emission, WeightBinding table, Value index)
    {
        var (rows, scales) = Stored(emission, table);
        return emission.Graph.Multiply(emission.Graph.Cast(emission.Graph.Gather(rows, index), DType.F32), emission.Graph.Gather(scales, index));
    }

    public Value Product(Emission emission, Value x, WeightBinding table)
    {
        // The scales of its rows belong to the outputs.
        var (rows, scales) = Stored(emission, table);
        var turned = emission.Graph.Node("Transpose", [rows], OnnxAttribute.Of("perm", [1, 0]));
        return EightBitMatrix.Multiply(emission, x, turned, emission.Graph.Node("Reshape", [scales, emission.Graph.Integers(-1)]), contributed);
    }

    static (Value Codes, Value Scales) Stored(Emission emission, WeightBinding table)
    {
        var (name, rows, width) = (WeightMatrix.NameOf(table), table.Shape[0], table.Shape[1]);
        QuantizedMatrix Quantise(WeightStore weights) => weights.Quantised(table, EightBitMatrix.Form);
        return (emission.Codes($"{name}.codes", DType.I8, [rows, width], w => Quantise(w).Codes),
            emission.Made($"{name}.scales", [rows, 1], w => Quantise(w).Scales));
    }
}
