using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>The token table in 4 bits, for looking up and, where the decoder is tied to it, for multiplying: the same bytes serve both.</summary>
static class FourBitTable
{
    const int Bits = 4;

    public static Value Lookup(Emission emission, WeightBinding table, Value index)
        => emission.Graph.Contrib("GatherBlockQuantized", [Codes(emission, table), index, Scales(emission, table)],
            OnnxAttribute.Of("gather_axis", 0), OnnxAttribute.Of("quantize_axis", 1), OnnxAttribute.Of("block_size", Int4Codes.Block),
            OnnxAttribute.Of("bits", Bits));

    public static Value Product(Emission emission, Value x, WeightBinding table)
    {
        var (rows, blocks) = (table.Shape[0], table.Shape[1] / Int4Codes.Block);
        var codes = emission.Graph.Reshape(Codes(emission, table), rows, blocks, Int4Codes.Block / 2);
        var scales = emission.Graph.Reshape(Scales(emission, table), rows * blocks);
        // Level 4: activations are rounded to 8 bits, without which the kernel is many times slower.
        return emission.Graph.Contrib("MatMulNBits", [x, codes, scales], OnnxAttribute.Of("K", table.Shape[1]), OnnxAttribute.Of("N", rows),
            OnnxAttribute.Of("bits", Bits), OnnxAttribute.Of("block_size", Int4Codes.Block), OnnxAttribute.Of("accuracy_level", 4));
    }

    static Value Codes(Emission emission, WeightBinding table)
        => emission.Codes($"{Emission.NameOf(table)}.codes4", DType.U8, [table.Shape[0], table.Shape[1] / 2], w => Int4Codes.Of(w.Values(table)).Codes);

    static Value Scales(Emission emission, WeightBinding table)
        => emission.Made($"{Emission.NameOf(table)}.scales4", [table.Shape[0], table.Shape[1] / Int4Codes.Block], w => Int4Codes.Of(w.Values(table)).Scales);
}
