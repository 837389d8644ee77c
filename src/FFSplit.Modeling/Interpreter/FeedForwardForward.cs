using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Interpreter;

/// <summary>Sees the inside of an FFN during a forward pass.</summary>
public interface IFeedForwardProbe
{
    /// <summary>Called once a batch and layer, before the FFN's own work is done.</summary>
    /// <param name="block">The block.</param>
    /// <param name="input">x, (rows × length × hidden size).</param>
    void Entering(Block block, Tensor input);

    /// <summary>Called with the heavy neurons' values (in a dense model: all neurons').</summary>
    /// <param name="block">The block.</param>
    /// <param name="preActivation">x U + b_u, gated: x G + b_g; (rows × length × neurons).</param>
    /// <param name="hidden">h, after activation and gate; same shape.</param>
    void Hidden(Block block, Tensor preActivation, Tensor hidden);

    /// <summary>Called with the FFN's output, when its work is done.</summary>
    void Leaving(Block block, Tensor output);
}

/// <summary>An FFN, dense or split.</summary>
public static class FeedForwardForward
{
    /// <summary>y = heavy(x) + light(x) + b.</summary>
    public static Tensor Run(Block block, IWeightSource weights, Tensor x, IFeedForwardProbe? probe = null)
    {
        var ffn = block.FeedForward;
        probe?.Entering(block, x);
        Tensor? y = null;
        if (ffn.Heavy is { } heavy)
        {
            var (pre, hidden) = Hidden(heavy, ffn.Activation, weights, x);
            probe?.Hidden(block, pre, hidden);
            y = weights.Product(hidden, heavy.Down, ffn.OutputBias);
        }
        if (Light(ffn, weights, x) is { } light) y = y is null ? light : y.Plus(light);
        if (ffn.Heavy is null && ffn.OutputBias is { } bias) y = y is null ? weights[bias].expand_as(x) : y.Plus(weights[bias]);
        y ??= zeros_like(x);
        probe?.Leaving(block, y);
        return y;
    }

    /// <summary>h of the heavy neurons, (… × heavy count); null where there are none.</summary>
    public static Tensor? HeavyHidden(FeedForward ffn, IWeightSource weights, Tensor x)
        => ffn.Heavy is { } heavy ? Hidden(heavy, ffn.Activation, weights, x).Hidden : null;

    /// <summary>What the light part's last matrix is applied to: h of the light neurons, exact or by their factors; the input itself for a
    /// linear map; null where the light part is none.</summary>
    public static Tensor? LightHidden(FeedForward ffn, IWeightSource weights, Tensor x)
    {
        switch (ffn.Light)
        {
            case LightPart.None:
                return null;
            case LightPart.Linear:
                return x;
            case LightPart.Dense dense:
                return Hidden(dense.Neurons, ffn.Activation, weights, x).Hidden;
            case LightPart.LowRank low:
                var up = Product(low.Up, weights, x);
                return low.Gate is null ? Forward.Activate(ffn.Activation, up) : Forward.Activate(ffn.Activation, Product(low.Gate, weights, x)) * up;
            default:
                throw new ArgumentOutOfRangeException(nameof(ffn), ffn.Light, "The torch interpreter has no such light part.");
        }
    }

    static Tensor? Light(FeedForward ffn, IWeightSource weights, Tensor x)
    {
        switch (ffn.Light)
        {
            case LightPart.None:
                return null;
            case LightPart.Linear linear:
                return Product(linear.Map, weights, x);
            case LightPart.Dense dense:
                return weights.Product(LightHidden(ffn, weights, x)!, dense.Neurons.Down);
            case LightPart.LowRank low:
                return Product(low.Down, weights, LightHidden(ffn, weights, x)!);
            default:
                throw new ArgumentOutOfRangeException(nameof(ffn), ffn.Light, "The torch interpreter has no such light part.");
        }
    }

    static (Tensor PreActivation, Tensor Hidden) Hidden(Neurons neurons, Activation activation, IWeightSource weights, Tensor x)
    {
        var up = Forward.Linear(neurons.Up, weights, x);
        if (neurons.Gate is null) return (up, Forward.Activate(activation, up));
        var gate = Forward.Linear(neurons.Gate, weights, x);
        return (gate, Forward.Activate(activation, gate) * up);
    }

    static Tensor Product(Factors factors, IWeightSource weights, Tensor x)
        => weights.Product(weights.Product(x, factors.First), factors.Second, factors.Bias);
}
