using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>int8 with a scale for each output, multiplied by activations that are quantised anew in every run.</summary>
/// <param name="contributed">Whether ONNX Runtime's own node does it in one pass.</param>
sealed class EightBitMatrix(bool contributed) : IMatrixForm
{
    /// <summary>A scale for each output.</summary>
    public static CodeForm Form { get; } = new(8, 0);

    public Value Product(Emission emission, Value x, WeightBinding weight)
    {
        var (codes, scales) = Stored(emission, weight);
        return Multiply(emission, x, codes, scales, contributed);
    }

    /// <summary>A matrix's codes, (in × out), and scales, (out).</summary>
    public static (Value Codes, Value Scales) Stored(Emission emission, WeightBinding weight)
    {
        var (name, output, input) = (Emission.NameOf(weight), weight.Shape[0], weight.Shape[1]);
        return (emission.Codes($"{name}.codes", DType.I8, [input, output], w => MatrixLayout.Transpose(w.Quantised(weight, Form).Codes, output, input)),
            emission.Made($"{name}.scales", [output], w => w.Quantised(weight, Form).Scales));
    }

    /// <summary>x times codes (in × out) with scales (out).</summary>
    public static Value Multiply(Emission emission, Value x, Value codes, Value scales, bool contributed)
    {
        var graph = emission.Graph;
        if (contributed) return graph.Contrib("DynamicQuantizeMatMul", [x, codes, scales]);
        var quantised = graph.Nodes("DynamicQuantizeLinear", "", [x], [true, true, true]);
        var sums = graph.Cast(graph.Node("MatMulInteger", [quantised[0], codes, quantised[2]]), DType.F32);
        return graph.Multiply(sums, graph.Multiply(scales, quantised[1]!));
    }
}
