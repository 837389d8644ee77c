using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>An FFN, dense or split: y = heavy(x) + light(x) + b. The form of the split is decided here and nowhere else.</summary>
static class FeedForwardEmitter
{
    public static Unbiased Emit(Emission emission, FeedForward ffn, Value x)
    {
        var heavy = ffn.Heavy is { } neurons ? Whole(emission, neurons, ffn.Activation, x) : null;
        var light = Light(emission, ffn, x);
        var sum = heavy is not null && light is not null ? emission.Graph.Add(heavy, light) : heavy ?? light;
        return new Unbiased(sum, emission.Bias(ffn.OutputBias));
    }

    static Value? Light(Emission emission, FeedForward ffn, Value x)
    {
        switch (ffn.Light)
        {
            case LightPart.None:
                return null;
            case LightPart.Linear linear:
                return Pair(emission, linear.Map, x);
            case LightPart.Dense dense:
                return Whole(emission, dense.Neurons, ffn.Activation, x);
            case LightPart.LowRank low:
                var hidden = Hidden(
                    emission, ffn.Activation, Thin(emission, low.Up, x), low.Gate is null ? null : Thin(emission, low.Gate, x));
                return Pair(emission, low.Down, hidden);
            default:
                throw Unsupported.Case(ffn.Light);
        }
    }

    static Value Whole(Emission emission, Neurons neurons, Activation activation, Value x)
    {
        var hidden = Hidden(
            emission, activation, Product(emission, neurons.Up, x), neurons.Gate is null ? null : Product(emission, neurons.Gate, x));
        return emission.Precision.Product(emission, hidden, neurons.Down);
    }

    // σ(up), gated: σ(gate) ∘ up.
    static Value Hidden(Emission emission, Activation activation, Unbiased up, Unbiased? gate)
    {
        if (gate is null) return emission.Operators.Activate(emission, activation, up.Product!, up.Bias);
        var open = emission.Operators.Activate(emission, activation, gate.Product!, gate.Bias);
        return emission.Graph.Multiply(open, up.Bias is null ? up.Product! : emission.Graph.Add(up.Product!, up.Bias));
    }

    static Unbiased Product(Emission emission, Linear linear, Value x)
        => new(emission.Precision.Product(emission, x, linear.Weight), emission.Bias(linear.Bias));

    static Unbiased Thin(Emission emission, Factors factors, Value x)
        => new(emission.Precision.Product(emission, emission.Precision.Product(emission, x, factors.First), factors.Second),
            emission.Bias(factors.Bias));

    static Value Pair(Emission emission, Factors factors, Value x)
    {
        var thin = Thin(emission, factors, x);
        return thin.Bias is null ? thin.Product! : emission.Graph.Add(thin.Product!, thin.Bias);
    }
}
