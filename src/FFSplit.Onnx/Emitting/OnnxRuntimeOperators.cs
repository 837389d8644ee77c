using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>Operators of ONNX Runtime's own (domain com.microsoft) that its CPU kernels do in one pass; written directly, so that nothing
/// depends on what its optimizer recognises.</summary>
sealed class OnnxRuntimeOperators(GraphBuilder graph) : OperatorSet(graph)
{
    const string Own = "com.microsoft";

    public override IReadOnlyDictionary<string, long> Opsets { get; } = new Dictionary<string, long> { [""] = 17, [Own] = 1 };

    public override string ProductWithTable(string x, WeightBinding table)
        => Graph.Add(Own, "FusedMatMul", [x, Graph.Weight(table)], [new OnnxAttribute.Int("transB", 1)]);

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
        var (query, key, value) = (attention.Query, attention.Key, attention.Value);
        var (width, size) = (query.In, attention.Heads * attention.HeadSize);
        var name = query.Weight.Name;
        var weights = Graph.Made($"{name}.with_key_and_value.T", [width, 3 * size], reader =>
        {
            var parts = new[] { query, key, value }.Select(l => reader.ReadTransposed(l.Weight)).ToArray();
            var joined = new float[width * 3 * size];
            for (var row = 0; row < width; row++)
                for (var part = 0; part < 3; part++) Array.Copy(parts[part], row * size, joined, (row * 3 + part) * size, size);
            return joined;
        });
        var bias = Graph.Made($"{name}.bias.with_key_and_value", [3 * size],
            reader => [.. new[] { query, key, value }.SelectMany(l => l.Bias is { } b ? reader.Read(b) : new float[size])]);
        return Graph.Add(Own, "Attention", [x, weights, bias, sequence.Mask32, "", sequence.Relative ?? ""],
        [
            new OnnxAttribute.Int("num_heads", attention.Heads), new OnnxAttribute.Float("scale", (float)attention.ScoreScale),
            new OnnxAttribute.Float("mask_filter_value", float.MinValue / 2),
        ]);
    }
}
