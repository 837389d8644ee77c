namespace FFSplit.Checkpoints.Architectures;

/// <summary>Rotary positions: the first <paramref name="Dimensions"/> of each head are rotated in halves (transformers' rotate_half).</summary>
/// <param name="Dimensions">How many of a head's dimensions rotate; even.</param>
/// <param name="Base">The base θ of the frequencies.</param>
/// <param name="Scaling">How the frequencies are changed for longer contexts.</param>
public sealed record RotaryEmbedding(int Dimensions, double Base, RotaryScaling Scaling)
{
    /// <summary>Frequencies per position, one for each pair of dimensions (modeling_rope_utils.py), float64.</summary>
    /// <param name="length">Of the sequence with its padding, in tokens: some scalings depend on it.</param>
    public double[] InverseFrequencies(int length)
    {
        var plain = new double[Dimensions / 2];
        var theta = Scaling.BaseAt(length, this);
        for (var i = 0; i < plain.Length; i++) plain[i] = 1 / Math.Pow(theta, 2.0 * i / Dimensions);
        return Scaling.Apply(plain, this);
    }
}

/// <summary>What rope_scaling or rope_parameters do to the frequencies.</summary>
public abstract record RotaryScaling
{
    /// <summary>Factor on cos and sin.</summary>
    public virtual double AttentionFactor => 1;

    /// <summary>θ for a sequence of so many tokens.</summary>
    public virtual double BaseAt(int length, RotaryEmbedding rotary) => rotary.Base;

    /// <summary>Scales the plain inverse frequencies.</summary>
    public abstract double[] Apply(double[] frequencies, RotaryEmbedding rotary);

    /// <summary>Frequencies as they are.</summary>
    public sealed record None : RotaryScaling
    {
        /// <inheritdoc/>
        public override double[] Apply(double[] frequencies, RotaryEmbedding rotary) => frequencies;
    }

    /// <summary>All frequencies divided by <paramref name="Factor"/>.</summary>
    public sealed record Linear(double Factor) : RotaryScaling
    {
        /// <inheritdoc/>
        public override double[] Apply(double[] frequencies, RotaryEmbedding rotary) => [.. frequencies.Select(f => f / Factor)];
    }

    /// <summary>Beyond the trained positions the base grows with the sequence ("dynamic", NTK-aware).</summary>
    public sealed record Dynamic(double Factor, int TrainedPositions) : RotaryScaling
    {
        /// <inheritdoc/>
        public override double BaseAt(int length, RotaryEmbedding rotary)
            => rotary.Base * Math.Pow(
                Factor * Math.Max(length, TrainedPositions) / TrainedPositions - (Factor - 1), rotary.Dimensions / (rotary.Dimensions - 2.0));

        /// <inheritdoc/>
        public override double[] Apply(double[] frequencies, RotaryEmbedding rotary) => frequencies;
    }

    /// <summary>LLaMA 3.1: long waves divided, short ones kept, a smooth passage between.</summary>
    public sealed record Llama3(double Factor, double LowFrequencyFactor, double HighFrequencyFactor, double OriginalPositions) : RotaryScaling
    {
        /// <inheritdoc/>
        public override double[] Apply(double[] frequencies, RotaryEmbedding rotary) => [.. frequencies.Select(Scale)];

        double Scale(double frequency)
        {
            var turns = OriginalPositions * frequency / (2 * Math.PI);
            if (turns < LowFrequencyFactor) return frequency / Factor;
            if (turns > HighFrequencyFactor) return frequency;
            var smooth = (turns - LowFrequencyFactor) / (HighFrequencyFactor - LowFrequencyFactor);
            return (1 - smooth) * frequency / Factor + smooth * frequency;
        }
    }

    /// <summary>YaRN (arXiv 2309.00071): interpolation by parts and a factor on the attention scores.</summary>
    public sealed record Yarn(double Factor, double BetaFast, double BetaSlow, double OriginalPositions, double Attention, bool Truncate) : RotaryScaling
    {
        /// <inheritdoc/>
        public override double AttentionFactor => Attention;

        /// <inheritdoc/>
        public override double[] Apply(double[] frequencies, RotaryEmbedding rotary)
        {
            var low = Dimension(BetaFast, rotary);
            var high = Dimension(BetaSlow, rotary);
            if (Truncate) (low, high) = (Math.Floor(low), Math.Ceiling(high));
            (low, high) = (Math.Max(low, 0), Math.Min(high, rotary.Dimensions - 1));
            if (low == high) high += 0.001;
            return [.. frequencies.Select((f, i) =>
            {
                var ramp = Math.Clamp((i - low) / (high - low), 0, 1);
                return f / Factor * ramp + f * (1 - ramp);
            })];
        }

        double Dimension(double rotations, RotaryEmbedding rotary)
            => rotary.Dimensions * Math.Log(OriginalPositions / (rotations * 2 * Math.PI)) / (2 * Math.Log(rotary.Base));
    }
}
