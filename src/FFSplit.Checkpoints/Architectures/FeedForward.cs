namespace FFSplit.Checkpoints.Architectures;

/// <summary>
/// y = h V + b with h = σ(x U + b_u), gated: h = σ(x G + b_g) ∘ (x U + b_u): a heavy part whose neurons are whole, and a light part.
/// A dense FFN is the case where all neurons are heavy and the light part is <see cref="LightPart.None"/>.
/// </summary>
public sealed record FeedForward
{
    /// <summary>σ.</summary>
    public required Activation Activation { get; init; }

    /// <summary>Neurons of the dense model, m.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The neurons kept whole; null where there are none.</summary>
    public required Neurons? Heavy { get; init; }

    /// <summary>What stands for the other neurons.</summary>
    public required LightPart Light { get; init; }

    /// <summary>b, (hidden size).</summary>
    public required WeightBinding? OutputBias { get; init; }

    /// <summary>Where a dense checkpoint of this family keeps the whole FFN: <see cref="Heavy"/> itself in a dense model,
    /// what a dense-shaped export writes from a split one.</summary>
    public required Neurons Dense { get; init; }

    /// <summary>The name before <c>.heavy.…</c>, <c>.light.…</c> and <c>.down.bias</c> in a split checkpoint.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whether σ acts on a gate.</summary>
    public bool Gated => Dense.Gate is not null;

    /// <summary>d.</summary>
    public int HiddenSize => Dense.Up.In;

    /// <summary>|S|.</summary>
    public int HeavyCount => Heavy?.Count ?? 0;

    /// <summary>|L|.</summary>
    public int LightCount => IntermediateSize - HeavyCount;

    /// <summary>Whether this is the FFN of the model that came in.</summary>
    public bool IsDense => ReferenceEquals(Heavy, Dense);

    /// <summary>Every weight that the checkpoint holds for this FFN.</summary>
    public IEnumerable<WeightBinding> Bindings =>
        (Heavy?.Bindings ?? []).Concat(Light.Bindings).Concat(OutputBias is null ? [] : [OutputBias]);
}

/// <summary>Some of an FFN's neurons: columns of U (and G), rows of V.</summary>
/// <param name="Up">U with b_u, bound (count × hidden size).</param>
/// <param name="Gate">G with b_g, bound like U; null where there is no gate.</param>
/// <param name="Down">V, bound (hidden size × count); the output bias belongs to the whole FFN.</param>
public sealed record Neurons(Linear Up, Linear? Gate, WeightBinding Down)
{
    /// <summary>How many neurons.</summary>
    public int Count => Up.Out;

    /// <summary>Every weight.</summary>
    public IEnumerable<WeightBinding> Bindings => Up.Bindings.Concat(Gate?.Bindings ?? []).Append(Down);
}
