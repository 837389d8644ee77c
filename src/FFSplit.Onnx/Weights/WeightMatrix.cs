using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Onnx.Weights;

/// <summary>A matrix of the graph: one of the model's, or several that lie together so that one product does for all.</summary>
/// <param name="Parts">(out × in) each, as bound.</param>
/// <param name="Summed">Whether they have inputs of their own, one after the other, and a common output: x₁ W₁ + x₂ W₂; else a common input
/// and outputs of their own.</param>
sealed record WeightMatrix(IReadOnlyList<WeightBinding> Parts, bool Summed = false)
{
    /// <summary>One of the model's own.</summary>
    public static implicit operator WeightMatrix(WeightBinding weight) => new([weight]);

    /// <summary>Width of the output.</summary>
    public int Out => Summed ? Parts[0].Shape[0] : Parts.Sum(p => p.Shape[0]);

    /// <summary>Width of the input.</summary>
    public int In => Summed ? Parts.Sum(p => p.Shape[1]) : Parts[0].Shape[1];

    /// <summary>What it is called in the graph.</summary>
    public string Name => string.Join(Summed ? " + " : " | ", Parts.Select(NameOf));

    /// <summary>What a weight is called in the graph.</summary>
    public static string NameOf(WeightBinding binding) => binding.Part is { } part ? $"{binding.Name}[{part.Index}]" : binding.Name;
}
