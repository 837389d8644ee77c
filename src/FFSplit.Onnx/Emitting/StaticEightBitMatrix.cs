using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>int8 with a scale for each output, multiplied by activations whose range calibration has fixed: no pass looks for it, and
/// products of the same input share its codes.</summary>
/// <param name="rangeOf">Between which values a matrix's inputs lie; null where nobody has looked, which are quantised anew in every run.</param>
/// <param name="contributed">Whether ONNX Runtime's own node gives float32 in one pass.</param>
sealed class StaticEightBitMatrix(Func<WeightBinding, InputRange?> rangeOf, bool contributed) : IMatrixForm
{
    public Value Product(Emission emission, Value x, WeightMatrix matrix)
    {
        var (codes, scales) = EightBitMatrix.Stored(emission, matrix);
        if (rangeOf(matrix.Parts[0]) is not { } range) return EightBitMatrix.Multiply(emission, x, codes, scales, contributed);
        var graph = emission.Graph;
        var (scale, zero) = Affine(range);
        var (step, origin) = (graph.Number(scale), graph.Byte(zero));
        var quantised = emission.Shared($"{x.Name} by {scale:R} from {zero}", () => graph.Node("QuantizeLinear", [x, step, origin]));
        if (contributed) return graph.Contrib("MatMulIntegerToFloat", [quantised, codes, step, scales, origin]);
        var sums = graph.Cast(graph.Node("MatMulInteger", [quantised, codes, origin]), DType.F32);
        return graph.Multiply(sums, graph.Multiply(scales, step));
    }

    public bool Joins(WeightMatrix matrix) => false;

    // Codes 0 to 255 over a range that holds zero, which padding must meet exactly.
    static (float Scale, byte Zero) Affine(InputRange range)
    {
        var (least, largest) = (Math.Min(range.Least, 0), Math.Max(range.Largest, 0));
        var scale = (largest - least) / byte.MaxValue;
        return scale > 0 ? (scale, (byte)Math.Clamp(MathF.Round(-least / scale), 0, byte.MaxValue)) : (1, 0);
    }
}
