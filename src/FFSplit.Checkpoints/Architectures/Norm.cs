namespace FFSplit.Checkpoints.Architectures;

/// <summary>A normalisation over the last axis.</summary>
/// <param name="Size">Width of that axis.</param>
/// <param name="Epsilon">Added to the variance (or mean square).</param>
public abstract record Norm(int Size, double Epsilon)
{
    /// <summary>Scale and shift, as far as there.</summary>
    public abstract IEnumerable<WeightBinding> Bindings { get; }

    /// <summary>Mean and variance, then scale and shift; without affine part where <paramref name="Weight"/> is null.</summary>
    public sealed record Layer(int Size, double Epsilon, WeightBinding? Weight, WeightBinding? Bias) : Norm(Size, Epsilon)
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => new[] { Weight, Bias }.OfType<WeightBinding>();
    }

    /// <summary>Root mean square, then scale (LLaMA).</summary>
    public sealed record RootMeanSquare(int Size, double Epsilon, WeightBinding Weight) : Norm(Size, Epsilon)
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => [Weight];
    }
}
