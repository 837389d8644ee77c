using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>Operators of ONNX Runtime's own (domain com.microsoft) that its CPU kernels do in one pass; written directly, so that nothing
/// depends on what its optimizer recognises.</summary>
/// <param name="graph">Takes the nodes.</param>
/// <param name="weights">How weights are stored.</param>
sealed class OnnxRuntimeOperators(GraphBuilder graph, WeightFormat weights) : OperatorSet(graph, weights)
{
    const string Own = "com.microsoft";

    public override IReadOnlyDictionary<string, long> Opsets { get; } = new Dictionary<string, long> { [""] = 17, [Own] = 1 };

    public override (string Sum, string Normed) SumNorm(Residual residual, Norm norm)
    {
        if (residual.Terms.Count == 0 || residual.Biases.Count > 1) return base.SumNorm(residual, norm);
        var term = residual.Terms.Aggregate((a, b) => Graph.Add("Add", [a, b]));
        var bias = residual.Biases.Count == 0 ? "" : Graph.Weight(residual.Biases[0]);
        OnnxAttribute[] epsilon = [new OnnxAttribute.Float("epsilon", (float)norm.Epsilon)];
        var outputs = norm switch
        {
            Norm.Layer layer => Graph.Add(Own, "SkipLayerNormalization",
                [term, residual.Value, Scale(layer), layer.Bias is { } shift ? Graph.Weight(shift) : "", bias], epsilon, outputs: 4),
            Norm.RootMeanSquare rms => Graph.Add(Own, "SkipSimplifiedLayerNormalization",
                [term, residual.Value, Graph.Weight(rms.Weight), bias], epsilon, outputs: 4),
            _ => throw new ArgumentOutOfRangeException(nameof(norm), norm, "The ONNX emitter has no such norm."),
        };
        return (outputs[3], outputs[0]);
    }

    public override string Activate(string x, WeightBinding? bias, Activation activation)
    {
        switch (activation)
        {
            case Activation.Gelu:
                return bias is null ? Graph.Add(Own, "Gelu", [x], []) : Graph.Add(Own, "BiasGelu", [x, Graph.Weight(bias)], []);
            case Activation.GeluTanh:
                return Graph.Add(Own, "FastGelu", bias is null ? [x] : [x, Graph.Weight(bias)], []);
            case Activation.QuickGelu or Activation.Silu:
                if (bias is not null) x = Graph.Add("Add", [x, Graph.Weight(bias)]);
                return Graph.Add(Own, "QuickGelu", [x], [new OnnxAttribute.Float("alpha", activation == Activation.Silu ? 1 : 1.702f)]);
            default:
                return base.Activate(x, bias, activation);
        }
    }

    public override string Rotate(string x, RotaryEmbedding rotary, int headSize, SequenceContext sequence)
    {
        // Its kernel for a part of the dimensions wants another layout of its input.
        if (rotary.Dimensions != headSize) return base.Rotate(x, rotary, headSize, sequence);
        var (cos, sin) = sequence.RotaryTables(rotary);
        return Graph.Add(Own, "RotaryEmbedding", [x, sequence.RotaryPositions, cos, sin], []);
    }

    public override string? WholeAttention(Attention attention, string x, SequenceContext sequence)
    {
        Linear[] projections = [attention.Query, attention.Key, attention.Value];
        var size = attention.Heads * attention.HeadSize;
        OnnxAttribute[] attributes =
        [
            new OnnxAttribute.Int("num_heads", attention.Heads), new OnnxAttribute.Float("scale", (float)attention.ScoreScale),
            new OnnxAttribute.Float("mask_filter_value", float.MinValue / 2),
        ];
        var bias = Graph.Made($"{attention.Query.Weight.Name}.bias.with_key_and_value", [3 * size],
            reader => [.. projections.SelectMany(l => l.Bias is { } b ? reader.Read(b) : new float[size])]);
        var matrices = Array.ConvertAll(projections, l => l.Weight);
        // Its own product is float32's.
        if (Weights.GetType() == typeof(WeightFormat))
            return Graph.Add(Own, "Attention", [x, Weights.Joined(matrices), bias, sequence.Mask32, "", sequence.Relative ?? ""], attributes);
        var parts = Graph.Add("", "Split", [Weights.Product(x, matrices), Graph.Ints(size, size, size)], [new OnnxAttribute.Int("axis", -1)], 3);
        return Graph.Add(Own, "MultiHeadAttention", [.. parts, bias, sequence.Mask32, sequence.Relative ?? ""], attributes);
    }
}
