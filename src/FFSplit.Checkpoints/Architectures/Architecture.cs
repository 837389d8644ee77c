namespace FFSplit.Checkpoints.Architectures;

/// <summary>
/// A model as data: which weights there are, where they lie and how they follow one another. It holds no arithmetic;
/// interpreters (torch, ONNX) run it, a family file makes it from config.json and the tensors' names.
/// </summary>
public sealed record Architecture
{
    /// <summary>model_type of the dense model.</summary>
    public required string ModelType { get; init; }

    /// <summary>Width of the residual stream, d.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>The longest sequence that the model was made for, in tokens; a learned position table ends there.</summary>
    public required int MaximumLength { get; init; }

    /// <summary>From ids to hidden states.</summary>
    public required Embeddings Embeddings { get; init; }

    /// <summary>The blocks, in order.</summary>
    public required IReadOnlyList<Block> Blocks { get; init; }

    /// <summary>Bias on all blocks' attention scores.</summary>
    public RelativePositionBias? RelativeBias { get; init; }

    /// <summary>After the last block.</summary>
    public Norm? FinalNorm { get; init; }

    /// <summary>After the final norm (OPT's project_out).</summary>
    public Linear? OutputProjection { get; init; }

    /// <summary>What stands on the last hidden states.</summary>
    public required Head Head { get; init; }

    /// <summary>What training drops.</summary>
    public Dropouts Dropouts { get; init; } = new();

    /// <summary>Whether tokens see only earlier ones.</summary>
    public bool Causal => Blocks.Count > 0 && Blocks[0].Attention.Causal;

    /// <summary>Whether it continues text: a causal model with a language-model head.</summary>
    public bool Generates => Head is Head.LanguageModel { Causal: true };

    /// <summary>Rows of the token table: ids from here on have no embedding.</summary>
    public int VocabularyRows => Embeddings.Tokens.Shape[0];

    /// <summary>Width of <c>last_hidden_state</c>.</summary>
    public int OutputSize => OutputProjection?.Out ?? HiddenSize;

    /// <summary>Whether any FFN is split.</summary>
    public bool IsSplit => Blocks.Any(b => !b.FeedForward.IsDense);

    /// <summary>Every weight, each binding once (a tied decoder is the token table).</summary>
    public IEnumerable<WeightBinding> Bindings =>
        Embeddings.Bindings.Concat(RelativeBias is null ? [] : [RelativeBias.Table]).Concat(Blocks.SelectMany(b => b.Bindings))
            .Concat(FinalNorm?.Bindings ?? []).Concat(OutputProjection?.Bindings ?? []).Concat(Head.Bindings).Distinct();
}
