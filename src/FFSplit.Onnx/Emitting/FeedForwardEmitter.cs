using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;

namespace FFSplit.Onnx.Emitting;

/// <summary>An FFN, dense or split.</summary>
static class FeedForwardEmitter
{
    /// <summary>What the FFN adds to the residual stream: a product of the heavy part and one of the light part, and the bias.</summary>
    /// <param name="ffn">The FFN.</param>
    /// <param name="graph">Takes the nodes.</param>
    /// <param name="operators">How.</param>
    /// <param name="x">(rows × length × d).</param>
    public static Addend Emit(FeedForward ffn, GraphBuilder graph, OperatorSet operators, string x)
    {
        using var scope = graph.Scope("ffn");
        var terms = new List<string>();
        if (ffn.Heavy is { } heavy) terms.Add(operators.Weights.Product(Whole(heavy), heavy.Down));
        switch (ffn.Light)
        {
            case LightPart.None: break;
            case LightPart.Linear linear: terms.Add(Product(x, linear.Map)); break;
            case LightPart.Dense dense: terms.Add(operators.Weights.Product(Whole(dense.Neurons), dense.Neurons.Down)); break;
            case LightPart.LowRank low:
                terms.Add(Product(Hidden(low.Up, low.Gate, (f, input) => (Product(input, f), f.Bias)), low.Down));
                break;
            default: throw new ArgumentOutOfRangeException(nameof(ffn), ffn.Light, "The ONNX emitter has no such light part.");
        }
        return new Addend(terms, ffn.OutputBias is { } bias ? [bias] : []);

        string Whole(Neurons neurons) => Hidden(neurons.Up, neurons.Gate, (l, input) => (operators.Weights.Product(input, l.Weight), l.Bias));

        // σ(x U + b), gated: σ(x G + b) ∘ (x U + b).
        string Hidden<T>(T up, T? gate, Func<T, string, (string Product, WeightBinding? Bias)> product) where T : class
        {
            var (inner, bias) = product(up, x);
            if (gate is null) return operators.Activate(inner, bias, ffn.Activation);
            var (gating, gateBias) = product(gate, x);
            if (bias is not null) inner = graph.Add("Add", [inner, graph.Weight(bias)]);
            return graph.Add("Mul", [operators.Activate(gating, gateBias, ffn.Activation), inner]);
        }

        string Product(string input, Factors factors) => operators.Weights.Product(operators.Weights.Product(input, factors.First), factors.Second);
    }
}
