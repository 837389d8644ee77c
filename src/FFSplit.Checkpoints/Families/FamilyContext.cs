using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Checkpoints.Families;

/// <summary>What a family describes a model from.</summary>
/// <param name="Config">config.json.</param>
/// <param name="Weights">The tensors by today's names.</param>
/// <param name="Head">What stands on the base model.</param>
/// <param name="Split">How the FFNs are split; null in a dense checkpoint.</param>
sealed record FamilyContext(ModelConfig Config, WeightBinder Weights, HeadKind Head, SplitHeader? Split)
{
    /// <summary>Labels of a head that is being made; null where the config says.</summary>
    public int? NewLabels { get; init; }

    /// <summary>The number of labels: of a head being made, else num_labels, else those that id2label names, else 2.</summary>
    public int Labels => NewLabels ?? Config.WholeOrNull("num_labels")
        ?? (Config.Find("id2label") is { ValueKind: System.Text.Json.JsonValueKind.Object } labels ? labels.EnumerateObject().Count() : 2);

    /// <summary>Binds an FFN, whole or split.</summary>
    /// <param name="layer">Index of the block.</param>
    /// <param name="block">The block's prefix without a dot; split tensors lie under <c>{block}.ffn</c>.</param>
    /// <param name="names">Of the dense FFN's linear maps.</param>
    /// <param name="activation">σ.</param>
    /// <param name="hiddenSize">d.</param>
    /// <param name="intermediateSize">m.</param>
    /// <param name="bias">What the config says about the biases; null where the tensors decide.</param>
    public FeedForward FeedForward(int layer, string block, FeedForwardNames names, Activation activation, int hiddenSize, int intermediateSize, bool? bias = null)
        => Split is null
            ? FeedForwardBinder.Dense(Weights, block, names, activation, hiddenSize, intermediateSize, bias)
            : FeedForwardBinder.Split(Weights, Split.Layers[layer], block, names, activation, hiddenSize, intermediateSize);

    /// <summary>A decoder family's classifier: one linear map of the last token that is not the padding id.</summary>
    /// <param name="prefix">The map's name.</param>
    /// <param name="width">Columns.</param>
    public Head.Classifier LastTokenClassifier(string prefix, int width) => new(ClassifiedToken.LastReal,
        [new HeadStep(Weights.Linear(prefix, Labels, width, bias: false), null)], Config.WholeOrNull("pad_token_id"));

    /// <summary>The decoder of a language model: the token table where tied, else a tensor of its own.</summary>
    /// <param name="prefix">The decoder's name without ".weight".</param>
    /// <param name="tokens">The token table.</param>
    /// <param name="width">Columns.</param>
    /// <param name="tiedByDefault">tie_word_embeddings where the config does not say.</param>
    /// <param name="bias">The vocabulary bias's name, if the family has one.</param>
    public Linear Decoder(string prefix, WeightBinding tokens, int width, bool tiedByDefault = true, string? bias = null)
    {
        var tied = Config.Flag("tie_word_embeddings", tiedByDefault);
        if (tied) Weights.EqualCopy($"{prefix}.weight", tokens);
        var weight = tied ? tokens : Weights.Table($"{prefix}.weight", Config.Size("vocab_size"), width);
        if (bias is null) return new Linear(weight);
        // Transformers keeps one vector under two names; which of them a file holds depends on its age. Untied, it adds the decoder's own.
        var own = $"{prefix}.bias";
        var used = Weights.Has(bias) && (tied || !Weights.Has(own)) ? bias : own;
        var vector = Weights.Tensor(used, weight.Shape[0]);
        if (tied && used != own) Weights.EqualCopy(own, vector);
        return new Linear(weight, vector);
    }
}

/// <summary>Names of a dense FFN's linear maps, without ".weight".</summary>
/// <param name="Up">U.</param>
/// <param name="Down">V.</param>
/// <param name="Gate">G; null where there is none.</param>
/// <param name="Transposed">Stored (in × out).</param>
sealed record FeedForwardNames(string Up, string Down, string? Gate = null, bool Transposed = false);
