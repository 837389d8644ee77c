namespace FFSplit.Checkpoints.Architectures;

/// <summary>What stands on the last hidden states.</summary>
public abstract record Head
{
    /// <summary>Every weight of the head, tied ones included.</summary>
    public abstract IEnumerable<WeightBinding> Bindings { get; }

    /// <summary>Nothing, or the family's pooler.</summary>
    /// <param name="Pooler">On the first token; null where the checkpoint has none.</param>
    public sealed record Bare(HeadStep? Pooler) : Head
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => Pooler?.Linear.Bindings ?? [];
    }

    /// <summary>Vocabulary logits at every token: (dense, activation, norm, then) the decoder.</summary>
    /// <param name="Transform">The dense step before the decoder; null for causal models.</param>
    /// <param name="Norm">After the dense step.</param>
    /// <param name="Decoder">(vocabulary × width); the token table itself where tied.</param>
    /// <param name="Causal">Whether logits at a token are for the next one.</param>
    public sealed record LanguageModel(HeadStep? Transform, Norm? Norm, Linear Decoder, bool Causal) : Head
    {
        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings =>
            (Transform?.Linear.Bindings ?? []).Concat(Norm?.Bindings ?? []).Concat(Decoder.Bindings);
    }

    /// <summary>Label logits from one token's hidden state.</summary>
    /// <param name="Token">Which token.</param>
    /// <param name="Steps">Linear maps with the activation after each; the last gives the logits.</param>
    /// <param name="PadId">An id that <see cref="ClassifiedToken.LastReal"/> does not read,
    /// even where the mask calls it real; null for none.</param>
    public sealed record Classifier(ClassifiedToken Token, IReadOnlyList<HeadStep> Steps, int? PadId = null) : Head
    {
        /// <summary>Number of labels.</summary>
        public int Labels => Steps[^1].Linear.Out;

        /// <inheritdoc/>
        public override IEnumerable<WeightBinding> Bindings => Steps.SelectMany(s => s.Linear.Bindings);
    }
}

/// <summary>A linear map and the activation after it, if any.</summary>
public sealed record HeadStep(Linear Linear, Activation? Activation);

/// <summary>The token whose hidden state a classifier reads.</summary>
public enum ClassifiedToken
{
    /// <summary>The first (encoders).</summary>
    First,
    /// <summary>The last real one (decoders).</summary>
    LastReal,
}
