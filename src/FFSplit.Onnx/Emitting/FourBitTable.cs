using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>A table of 4 bits with a scale for each block of a row (ONNX Runtime's own nodes).</summary>
sealed class FourBitTable : ITableForm
{
    static readonly CodeForm Form = new(4, 64);

    public bool Fits(WeightBinding table) => table.Shape[1] % Form.Block == 0;

    public Value Lookup(Emission emission, WeightBinding table, Value index)
        => emission.Graph.Contrib("GatherBlockQuantized", [Codes(emission, table), index, Scales(emission, table)],
            OnnxAttribute.Of("gather_axis", 0), OnnxAttribute.Of("quantize_axis", 1), OnnxAttribute.Of("block_size", Form.Block),
            OnnxAttribute.Of("bits", Form.Bits));

    public Value Product(Emission emission, Value x, WeightBinding table)
    {
        var (rows, blocks) = (table.Shape[0], table.Shape[1] / Form.Block);
        var codes = emission.Graph.Reshape(Codes(emission, table), rows, blocks, Form.Block / 2);
        return FourBitMatrix.Multiply(emission, x, codes, emission.Graph.Reshape(Scales(emission, table), rows * blocks), rows, table.Shape[1], Form.Block);
    }

    static Value Codes(Emission emission, WeightBinding table) => emission.Codes($"{Emission.NameOf(table)}.codes4", DType.U8,
        [table.Shape[0], table.Shape[1] / 2], w => Quantise(w, table).Packed(table.Shape[1]));

    static Value Scales(Emission emission, WeightBinding table)
        => emission.Made($"{Emission.NameOf(table)}.scales4", [table.Shape[0], table.Shape[1] / Form.Block], w => Quantise(w, table).Scales);

    static QuantizedMatrix Quantise(WeightStore weights, WeightBinding table) => weights.Quantised(table, Form);
}
