namespace FFSplit.Checkpoints.Architectures;

/// <summary>How token ids become the first hidden states: tokens (projected) + positions + token types, norm, projection.</summary>
public sealed record Embeddings
{
    /// <summary>(rows × width); may have more rows than the vocabulary.</summary>
    public required WeightBinding Tokens { get; init; }

    /// <summary>Applied to the token vectors before positions are added (OPT with word_embed_proj_dim).</summary>
    public Linear? TokenProjection { get; init; }

    /// <summary>A learned table of positions, if there is one.</summary>
    public LearnedPositions? Positions { get; init; }

    /// <summary>(types × width), added by token type id.</summary>
    public WeightBinding? TokenTypes { get; init; }

    /// <summary>On the sum.</summary>
    public Norm? Norm { get; init; }

    /// <summary>From the embedding size to the hidden size, after the norm (ELECTRA).</summary>
    public Linear? Projection { get; init; }

    /// <summary>Every weight of the embeddings.</summary>
    public IEnumerable<WeightBinding> Bindings =>
        new[] { Tokens, Positions?.Table, TokenTypes }.OfType<WeightBinding>()
            .Concat(TokenProjection?.Bindings ?? []).Concat(Norm?.Bindings ?? []).Concat(Projection?.Bindings ?? []);
}

/// <summary>A learned position table.</summary>
/// <param name="Table">(rows × width).</param>
/// <param name="Source">What a token's position is counted from.</param>
/// <param name="Offset">Added to the position to get the row.</param>
/// <param name="PadId">The padding id, for <see cref="PositionSource.NonPadIds"/>.</param>
public sealed record LearnedPositions(WeightBinding Table, PositionSource Source, int Offset = 0, int PadId = 0);

/// <summary>What learned positions are counted from.</summary>
public enum PositionSource
{
    /// <summary>0, 1, 2, … by column (BERT, GPT-2).</summary>
    Column,
    /// <summary>The number of real tokens before this one, by the attention mask (OPT); padding gets −1.</summary>
    Mask,
    /// <summary>The number of ids before this one that are not the padding id (RoBERTa, MPNet); padding ids get −1.</summary>
    NonPadIds,
}
