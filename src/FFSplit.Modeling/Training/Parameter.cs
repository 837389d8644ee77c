using FFSplit.Checkpoints.Architectures;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training;

/// <summary>A weight that is trained.</summary>
/// <param name="Binding">Which.</param>
/// <param name="Value">float32, in the forward's orientation.</param>
/// <param name="Decays">Whether weight decay acts on it: on matrices and tables, not on norms and biases.</param>
public sealed record Parameter(WeightBinding Binding, Tensor Value, bool Decays)
{
    /// <summary>What messages and states call it; parts of a fused tensor have one name in the file.</summary>
    public string Name => Binding.Part is { } part ? $"{Binding.Name}[{part.Index}]" : Binding.Name;
}
