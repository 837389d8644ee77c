using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>Codes of 4 or 8 bits with a scale for each block of inputs (ONNX Runtime's own node, made for one token at a time).</summary>
/// <param name="Form">Bits and block; null for 8 bits in the block that suits a matrix.</param>
sealed record BlockedMatrix(CodeForm? Form) : IMatrixForm
{
    /// <summary>Inputs that share a scale of 4 bits where no codes are stored.</summary>
    public const int FourBitBlock = 32;

    public Value Product(Emission emission, Value x, WeightMatrix matrix)
    {
        var form = FormOf(matrix);
        var (name, output, input, bits) = (matrix.Name, matrix.Out, matrix.In, form.Bits);
        var blocks = form.ScalesOf(input);
        var codes = emission.Codes($"{name}.codes{bits}", DType.U8, [output, blocks, form.Block * bits / 8],
            w => w.Quantised(matrix, form).Packed(blocks * form.Block));
        var scales = emission.Made($"{name}.scales{bits}", [output * blocks], w => w.Quantised(matrix, form).Scales);
        return Multiply(emission, x, codes, scales, output, input, form);
    }

    // A block of inputs must not reach over from one part into the next.
    public bool Joins(WeightMatrix matrix)
        => !matrix.Summed || matrix.Parts.SkipLast(1).All(p => p.Shape[1] % FormOf(matrix).Block == 0);

    CodeForm FormOf(WeightMatrix matrix) => Form ?? EightBits(matrix.In);

    /// <summary>x times packed codes, (out × blocks × bytes), with scales (out · blocks).</summary>
    public static Value Multiply(Emission emission, Value x, Value codes, Value scales, int output, int input, CodeForm form)
        // Level 4: activations are rounded to 8 bits, block by block, without which the kernel is many times slower.
        => emission.Graph.Contrib("MatMulNBits", [x, codes, scales], OnnxAttribute.Of("K", input), OnnxAttribute.Of("N", output),
            OnnxAttribute.Of("bits", form.Bits), OnnxAttribute.Of("block_size", form.Block), OnnxAttribute.Of("accuracy_level", 4));

    /// <summary>8 bits in the largest block, up to 128, that needs the least filling up: larger ones are faster.</summary>
    /// <param name="input">Inputs of the matrix.</param>
    public static CodeForm EightBits(int input)
    {
        int[] blocks = [128, 64, 32, 16];
        return new CodeForm(8, blocks.MinBy(block => (input + block - 1) / block * block));
    }
}
