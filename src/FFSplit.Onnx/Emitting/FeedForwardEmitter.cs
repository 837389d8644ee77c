using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>An FFN, dense or split: y = heavy(x) + light(x) + b. The form of the split is decided here and nowhere else.</summary>
static class FeedForwardEmitter
{
    public static Unbiased Emit(Emission emission, FeedForward ffn, Value x)
    {
        var branches = Branches(ffn).ToArray();
        var products = JoinedProducts.Each(emission, x, [.. branches.SelectMany(b => b.First)]);
        var (terms, read) = (new List<(Value, WeightBinding)>(), 0);
        foreach (var branch in branches)
        {
            terms.Add((branch.Between(emission, [.. products.Skip(read).Take(branch.First.Count)]), branch.Last));
            read += branch.First.Count;
        }
        var sum = JoinedProducts.Sum(emission, terms);
        foreach (var branch in branches) sum = emission.WithBias(sum!, branch.Bias);
        return new Unbiased(sum, emission.Bias(ffn.OutputBias));
    }

    // What a part of the FFN does: products with x, what comes between, and a last product with a bias.
    sealed record Branch(IReadOnlyList<WeightBinding> First, Func<Emission, IReadOnlyList<Value>, Value> Between, WeightBinding Last, WeightBinding? Bias);

    static IEnumerable<Branch> Branches(FeedForward ffn)
    {
        if (ffn.Heavy is { } heavy) yield return Whole(heavy, ffn.Activation);
        switch (ffn.Light)
        {
            case LightPart.None:
                break;
            case LightPart.Linear { Map: var map }:
                yield return new Branch([map.First], (_, products) => products[0], map.Second, map.Bias);
                break;
            case LightPart.Dense dense:
                yield return Whole(dense.Neurons, ffn.Activation);
                break;
            case LightPart.LowRank low:
                yield return new Branch(low.Gate is null ? [low.Up.First] : [low.Up.First, low.Gate.First], (emission, products) =>
                {
                    var hidden = Hidden(emission, ffn.Activation, Thin(emission, low.Up, products[0]),
                        low.Gate is null ? null : Thin(emission, low.Gate, products[1]));
                    return emission.Precision.Product(emission, hidden, low.Down.First);
                }, low.Down.Second, low.Down.Bias);
                break;
            default:
                throw Unsupported.Case(ffn.Light);
        }
    }

    static Branch Whole(Neurons neurons, Activation activation)
        => new(neurons.Gate is null ? [neurons.Up.Weight] : [neurons.Up.Weight, neurons.Gate.Weight],
            (emission, products) => Hidden(emission, activation, new Unbiased(products[0], emission.Bias(neurons.Up.Bias)),
                neurons.Gate is null ? null : new Unbiased(products[1], emission.Bias(neurons.Gate.Bias))),
            neurons.Down, Bias: null);

    // σ(up), gated: σ(gate) ∘ up.
    static Value Hidden(Emission emission, Activation activation, Unbiased up, Unbiased? gate)
    {
        if (gate is null) return emission.Operators.Activate(emission, activation, up.Product!, up.Bias);
        var open = emission.Operators.Activate(emission, activation, gate.Product!, gate.Bias);
        return emission.Graph.Multiply(open, up.Bias is null ? up.Product! : emission.Graph.Add(up.Product!, up.Bias));
    }

    static Unbiased Thin(Emission emission, Factors factors, Value product)
        => new(emission.Precision.Product(emission, product, factors.Second), emission.Bias(factors.Bias));
}
