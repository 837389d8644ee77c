using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>4-bit codes with a scale for each block of inputs (ONNX Runtime's own node).</summary>
/// <param name="block">Inputs that share a scale.</param>
sealed class FourBitMatrix(int block) : IMatrixForm
{
    /// <summary>The block where no codes are stored.</summary>
    public const int Block = 32;

    public Value Product(Emission emission, Value x, WeightBinding weight)
    {
        var form = new CodeForm(4, block);
        var (name, output, input) = (Emission.NameOf(weight), weight.Shape[0], weight.Shape[1]);
        var blocks = form.ScalesOf(input);
        var codes = emission.Codes($"{name}.codes4", DType.U8, [output, blocks, block / 2], w => w.Quantised(weight, form).Packed(blocks * block));
        var scales = emission.Made($"{name}.scales4", [output * blocks], w => w.Quantised(weight, form).Scales);
        return Multiply(emission, x, codes, scales, output, input, block);
    }

    /// <summary>x times packed codes, (out × blocks × bytes), with scales (out · blocks).</summary>
    public static Value Multiply(Emission emission, Value x, Value codes, Value scales, int output, int input, int block)
        // Level 4: activations are rounded to 8 bits, without which the kernel is many times slower.
        => emission.Graph.Contrib("MatMulNBits", [x, codes, scales], OnnxAttribute.Of("K", input), OnnxAttribute.Of("N", output),
            OnnxAttribute.Of("bits", 4), OnnxAttribute.Of("block_size", block), OnnxAttribute.Of("accuracy_level", 4));
}
