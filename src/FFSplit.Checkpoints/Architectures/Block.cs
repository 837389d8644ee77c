namespace FFSplit.Checkpoints.Architectures;

/// <summary>One transformer block.</summary>
public sealed record Block
{
    /// <summary>0, 1, 2, … from the embeddings on.</summary>
    public required int Index { get; init; }

    /// <summary>Where norms and sums sit.</summary>
    public required ResidualLayout Layout { get; init; }

    /// <summary>Self-attention.</summary>
    public required Attention Attention { get; init; }

    /// <summary>The norm before or after attention.</summary>
    public required Norm AttentionNorm { get; init; }

    /// <summary>The feed-forward network.</summary>
    public required FeedForward FeedForward { get; init; }

    /// <summary>The norm before or after the FFN.</summary>
    public required Norm FeedForwardNorm { get; init; }

    /// <summary>Every weight of the block.</summary>
    public IEnumerable<WeightBinding> Bindings =>
        Attention.Bindings.Concat(AttentionNorm.Bindings).Concat(FeedForward.Bindings).Concat(FeedForwardNorm.Bindings);
}

/// <summary>How a block adds attention and FFN to the residual stream.</summary>
public enum ResidualLayout
{
    /// <summary>x + f(norm(x)), twice (GPT-2, OPT, LLaMA).</summary>
    PreNorm,
    /// <summary>norm(x + f(x)), twice (BERT).</summary>
    PostNorm,
    /// <summary>x + attention(norm₁(x)) + FFN(norm₂(x)) (GPT-NeoX).</summary>
    Parallel,
}
