namespace FFSplit.Checkpoints.Architectures;

/// <summary>x W + b with W bound as (out × in).</summary>
/// <param name="Weight">The matrix.</param>
/// <param name="Bias">The vector (out), or null where the checkpoint has none.</param>
public sealed record Linear(WeightBinding Weight, WeightBinding? Bias = null)
{
    /// <summary>Width of the input.</summary>
    public int In => Weight.Shape[1];

    /// <summary>Width of the output.</summary>
    public int Out => Weight.Shape[0];

    /// <summary>Weight and bias, as far as there.</summary>
    public IEnumerable<WeightBinding> Bindings => Bias is null ? [Weight] : [Weight, Bias];
}
