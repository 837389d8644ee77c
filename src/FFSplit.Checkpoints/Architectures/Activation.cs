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
        ["quick_gelu"] = Activation.QuickGelu,
        ["relu"] = Activation.Relu,
        ["relu2"] = Activation.ReluSquared,
        ["silu"] = Activation.Silu,
        ["swish"] = Activation.Silu,
        ["tanh"] = Activation.Tanh,
    };

    /// <summary>The names that <see cref="Parse"/> knows.</summary>
    public static IReadOnlyCollection<string> Known => Names.Keys;

    /// <summary>Reads an activation's name.</summary>
    /// <exception cref="BadInputException">The name is unknown; the message names it and the key.</exception>
    public static Activation Parse(string name, string thing)
        => Names.TryGetValue(name, out var activation) ? activation : throw new BadInputException(thing,
            $"one of the activations {string.Join(", ", Names.Keys)}", $"'{name}'", "Use a checkpoint with a supported activation.");
}
