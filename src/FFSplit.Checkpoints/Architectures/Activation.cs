namespace FFSplit.Checkpoints.Architectures;

/// <summary>Element-wise activation functions (transformers' activations.py).</summary>
public enum Activation
{
    /// <summary>x Φ(x) with the error function.</summary>
    Gelu,
    /// <summary>The tanh approximation: gelu_new, gelu_fast, gelu_pytorch_tanh.</summary>
    GeluTanh,
    /// <summary>x · sigmoid(1.702 x).</summary>
    QuickGelu,
    /// <summary>max(x, 0).</summary>
    Relu,
    /// <summary>max(x, 0)².</summary>
    ReluSquared,
    /// <summary>x · sigmoid(x); also called swish.</summary>
    Silu,
    /// <summary>tanh(x).</summary>
    Tanh,
    /// <summary>Gelu cut to −10 … 10.</summary>
    ClippedGelu,
    /// <summary>x · min(max(x + 3, 0), 6) / 6.</summary>
    HardSwish,
    /// <summary>x, below zero a hundredth of it.</summary>
    LeakyRelu,
    /// <summary>min(max(x, 0), 6).</summary>
    Relu6,
    /// <summary>x tanh(log(1 + eˣ)).</summary>
    Mish,
    /// <summary>1 / (1 + e⁻ˣ).</summary>
    Sigmoid,
    /// <summary>The normal distribution's Φ with mean 0.707107 and deviation 0.282095.</summary>
    Laplace,
    /// <summary>√log(1 + eˣ).</summary>
    SqrtSoftplus,
    /// <summary>x.</summary>
    Identity,
}

/// <summary>Names of <see cref="Activation"/> in config.json.</summary>
public static class Activations
{
    static readonly Dictionary<string, Activation> Names = new(StringComparer.Ordinal)
    {
        ["gelu"] = Activation.Gelu,
        ["gelu_python"] = Activation.Gelu,
        ["gelu_new"] = Activation.GeluTanh,
        ["gelu_fast"] = Activation.GeluTanh,
        ["gelu_pytorch_tanh"] = Activation.GeluTanh,
        ["gelu_accurate"] = Activation.GeluTanh,
        ["gelu_python_tanh"] = Activation.GeluTanh,
        ["quick_gelu"] = Activation.QuickGelu,
        ["relu"] = Activation.Relu,
        ["relu2"] = Activation.ReluSquared,
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["tanh"] = Activation.Tanh,
        ["gelu_10"] = Activation.ClippedGelu,
        ["hardswish"] = Activation.HardSwish,
        ["leaky_relu"] = Activation.LeakyRelu,
        ["relu6"] = Activation.Relu6,
        ["mish"] = Activation.Mish,
        ["sigmoid"] = Activation.Sigmoid,
        ["laplace"] = Activation.Laplace,
        ["sqrtsoftplus"] = Activation.SqrtSoftplus,
        ["linear"] = Activation.Identity,
    };

    /// <summary>The names that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyCollection<string> Known => Names.Keys;

    /// <summary>Reads an activation's name.</summary>
    /// <exception cref="BadInputException">The name is unknown; the message names it and the key.</exception>
    public static Activation Parse(string name, string thing)
        => Names.TryGetValue(name, out var activation) ? activation : throw new BadInputException(thing,
            $"one of the activations {string.Join(", ", Names.Keys)}", $"'{name}'", "Use a checkpoint with a supported activation.");
}
