using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>int8 with a scale for each output, multiplied by activations that are quantised anew in every run.</summary>
/// <param name="Contributed">Whether ONNX Runtime's own node does it in one pass.</param>
sealed record EightBitMatrix(bool Contributed) : IMatrixForm
{
    /// <summary>A scale for each output.</summary>
    public static CodeForm Form { get; } = new(8, 0);

    public Value Product(Emission emission, Value x, WeightMatrix matrix)
    {
        var (codes, scales) = Stored(emission, matrix);
        return Multiply(emission, x, codes, scales, Contributed);
    }

    // An output's scale would be that of both parts.
    public bool Joins(WeightMatrix matrix) => !matrix.Summed;

    /// <summary>A matrix's codes, (in × out), and scales, (out).</summary>
    public static (Value Codes, Value Scales) Stored(Emission emission, WeightMatrix matrix)
    {
        var (name, output, input) = (matrix.Name, matrix.Out, matrix.In);
        return (emission.Codes($"{name}.codes", DType.I8, [input, output], w => MatrixLayout.Transpose(w.Quantised(matrix, Form).Codes, output, input)),
            emission.Made($"{name}.scales", [output], w => w.Quantised(matrix, Form).Scales));
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
