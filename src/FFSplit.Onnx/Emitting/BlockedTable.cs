using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>A table of 4 or 8 bits with a scale for each block of a row (ONNX Runtime's own nodes).</summary>
/// <param name="form">Bits and block.</param>
sealed class BlockedTable(CodeForm form) : ITableForm
{
    public bool Fits(WeightBinding table) => table.Shape[1] % form.Block == 0;

    public Value Lookup(Emission emission, WeightBinding table, Value index)
        => emission.Graph.Contrib("GatherBlockQuantized", [Codes(emission, table), index, Scales(emission, table)],
            OnnxAttribute.Of("gather_axis", 0), OnnxAttribute.Of("quantize_axis", 1), OnnxAttribute.Of("block_size", form.Block),
            OnnxAttribute.Of("bits", form.Bits));

    public Value Product(Emission emission, Value x, WeightBinding table)
    {
        var (rows, blocks) = (table.Shape[0], table.Shape[1] / form.Block);
        var codes = emission.Graph.Reshape(Codes(emission, table), rows, blocks, form.Block * form.Bits / 8);
        return BlockedMatrix.Multiply(emission, x, codes, emission.Graph.Reshape(Scales(emission, table), rows * blocks), rows, table.Shape[1], form);
    }

    Value Codes(Emission emission, WeightBinding table) => emission.Codes($"{WeightMatrix.NameOf(table)}.codes{form.Bits}", DType.U8,
        [table.Shape[0], table.Shape[1] * form.Bits / 8], w => Quantise(w, table).Packed(table.Shape[1]));

    Value Scales(Emission emission, WeightBinding table) => emission.Made($"{WeightMatrix.NameOf(table)}.scales{form.Bits}",
        [table.Shape[0], table.Shape[1] / form.Block], w => Quantise(w, table).Scales);

    QuantizedMatrix Quantise(WeightStore weights, WeightBinding table) => weights.Quantised(table, form);
}
