using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>How parts of a model become nodes: here by operators of the ONNX standard only (opset 17), which every runtime has. A runtime
/// with better ones overrides what it can do better.</summary>
class OperatorSet(GraphBuilder graph, WeightFormat weights)
{
    /// <summary>Versions by domain.</summary>
    public virtual IReadOnlyDictionary<string, long> Opsets { get; } = new Dictionary<string, long> { [""] = 17 };

    /// <summary>The graph that nodes are added to.</summary>
    protected GraphBuilder Graph => graph;

    /// <summary>How weights are stored.</summary>
    public WeightFormat Weights => weights;

    /// <summary>x Wᵀ + b.</summary>
    public string Linear(string x, Linear linear)
    {
        var product = weights.Product(x, linear.Weight);
        return linear.Bias is { } bias ? graph.Add("Add", [product, graph.Weight(bias)]) : product;
    }

    /// <summary>A normalisation over the last axis.</summary>
    public virtual string Norm(string x, Norm norm)
    {
        switch (norm)
        {
            case Norm.Layer layer:
                string[] inputs = [x, Scale(layer), .. layer.Bias is { } bias ? (string[])[graph.Weight(bias)] : []];
                return graph.Add("LayerNormalization", inputs, new OnnxAttribute.Int("axis", -1),
                    new OnnxAttribute.Float("epsilon", (float)layer.Epsilon));
            case Norm.RootMeanSquare rms:
                var mean = graph.Add("ReduceMean", [graph.Add("Mul", [x, x])], new OnnxAttribute.Ints("axes", [-1]));
                var root = graph.Add("Sqrt", [graph.Add("Add", [mean, graph.Float(rms.Epsilon)])]);
                return graph.Add("Mul", [graph.Add("Div", [x, root]), graph.Weight(rms.Weight)]);
            default:
                throw new ArgumentOutOfRangeException(nameof(norm), norm, "The ONNX emitter has no such norm.");
        }
    }

    /// <summary>The sum of a residual stream and what is to be added, and its norm.</summary>
    /// <param name="residual">The stream.</param>
    /// <param name="norm">On the sum.</param>
    public virtual (string Sum, string Normed) SumNorm(Residual residual, Norm norm)
    {
        var sum = Sum(residual);
        return (sum, Norm(sum, norm));
    }

    /// <summary>The sum alone.</summary>
    public string Sum(Residual residual)
    {
        var sum = residual.Terms.Aggregate(residual.Value, (a, b) => graph.Add("Add", [a, b]));
        return residual.Biases.Aggregate(sum, (a, b) => graph.Add("Add", [a, graph.Weight(b)]));
    }

    /// <summary>σ(x + b), element by element.</summary>
    /// <param name="x">The pre-activation without its bias.</param>
    /// <param name="bias">Over the last axis; null for none.</param>
    /// <param name="activation">σ.</param>
    public virtual string Activate(string x, WeightBinding? bias, Activation activation)
        => ActivationNodes.Add(graph, bias is null ? x : graph.Add("Add", [x, graph.Weight(bias)]), activation);

    /// <summary>Rotates the first dimensions of each head in halves.</summary>
    /// <param name="x">(rows × heads × length × head size).</param>
    /// <param name="rotary">How.</param>
    /// <param name="headSize">Of x.</param>
    /// <param name="sequence">Positions.</param>
    public virtual string Rotate(string x, RotaryEmbedding rotary, int headSize, SequenceContext sequence)
    {
        var (cos, sin) = sequence.RotaryAngles(rotary);
        var (half, size) = (rotary.Dimensions / 2, rotary.Dimensions);
        var (first, second) = (Part(x, 0, half), Part(x, half, size));
        var turned = graph.Add("Concat",
        [
            graph.Add("Sub", [graph.Add("Mul", [first, cos]), graph.Add("Mul", [second, sin])]),
            graph.Add("Add", [graph.Add("Mul", [second, cos]), graph.Add("Mul", [first, sin])]),
            .. size < headSize ? (string[])[Part(x, size, headSize)] : [],
        ], new OnnxAttribute.Int("axis", 3));
        return turned;

        string Part(string value, int from, int to) => graph.Add("Slice", [value, graph.Ints(from), graph.Ints(to), graph.Ints(3)]);
    }

    /// <summary>Attention as one node, projections of query, key and value included; null where this set has no such node.</summary>
    /// <param name="attention">Without rotary positions, cache, or window.</param>
    /// <param name="x">(rows × length × d).</param>
    /// <param name="sequence">Mask and relative bias.</param>
    /// <returns>(rows × length × heads · head size), before the output projection.</returns>
    public virtual string? WholeAttention(Attention attention, string x, SequenceContext sequence) => null;

    /// <summary>softmax(scale Q Kᵀ + bias) V.</summary>
    /// <param name="attention">Heads and scale.</param>
    /// <param name="query">(rows × heads × length × head size).</param>
    /// <param name="key">(rows × heads × keys × head size).</param>
    /// <param name="value">Like the key.</param>
    /// <param name="bias">Broadcast to the scores; null for none.</param>
    /// <returns>(rows × length × heads · head size).</returns>
    public virtual string Attend(Attention attention, string query, string key, string value, string? bias)
    {
        var turned = graph.Add("Transpose", [key], new OnnxAttribute.Ints("perm", [0, 1, 3, 2]));
        var scaled = attention.ScoreScale == 1 ? query : graph.Add("Mul", [query, graph.Float(attention.ScoreScale)]);
        var scores = graph.Add("MatMul", [scaled, turned]);
        if (bias is not null) scores = graph.Add("Add", [scores, bias]);
        var mixed = graph.Add("MatMul", [graph.Add("Softmax", [scores], new OnnxAttribute.Int("axis", -1)), value]);
        var ordered = graph.Add("Transpose", [mixed], new OnnxAttribute.Ints("perm", [0, 2, 1, 3]));
        return graph.Add("Reshape", [ordered, graph.Ints(0, 0, attention.Heads * attention.HeadSize)]);
    }

    /// <summary>The scale of a layer norm; ones where it has none.</summary>
    protected string Scale(Norm.Layer layer)
        => layer.Weight is { } weight ? graph.Weight(weight) : graph.Made($"ones.{layer.Size}", [layer.Size], _ =>
        {
            var ones = new float[layer.Size];
            Array.Fill(ones, 1);
            return ones;
        });
}
