using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>DistilBERT (transformers' modeling_distilbert.py): BERT without token types and pooler, under other names.</summary>
sealed class DistilBertFamily : ModelFamily
{
    const double Epsilon = 1e-12;

    public override string ModelType => "distilbert";
    public override string BasePrefix => "distilbert.";
    public override IReadOnlyCollection<string> BaseModules => ["embeddings", "transformer"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["DistilBertModel"] = HeadKind.Bare,
        ["DistilBertForMaskedLM"] = HeadKind.MaskedLanguageModel,
        ["DistilBertForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers =>
        ["distilbert.embeddings.position_ids", "vocab_transform.", "vocab_layer_norm.", "vocab_projector.", "pre_classifier.", "classifier.", "qa_outputs."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights)
        => weights.Has("vocab_transform.weight") ? HeadKind.MaskedLanguageModel
        : weights.Has("pre_classifier.weight") ? HeadKind.Classifier : HeadKind.Bare;

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Ignore("qa_dropout");
        // Sinusoidal tables are an initialisation: the checkpoint holds them like learned ones.
        config.Ignore("sinusoidal_pos_embds", "tie_weights_");
        var size = config.Size("dim", "hidden_size");
        var heads = config.Size("n_heads", "num_attention_heads");
        var inner = config.Size("hidden_dim", "intermediate_size");
        var activation = Activations.Parse(config.Text("activation") ?? "gelu", config.Thing("activation"));
        ConfigChecks.Divides(config, "n_heads", heads, "dim", size);
        var positions = config.Size("max_position_embeddings");
        var embeddings = new Embeddings
        {
            Tokens = weights.Table("distilbert.embeddings.word_embeddings.weight", config.Size("vocab_size"), size),
            Positions = new LearnedPositions(weights.Table("distilbert.embeddings.position_embeddings.weight", positions, size), PositionSource.Column),
            Norm = weights.LayerNorm("distilbert.embeddings.LayerNorm", size, Epsilon),
        };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = size,
            MaximumLength = positions,
            Embeddings = embeddings,
            Dropouts = new Dropouts
            {
                Embeddings = ConfigChecks.Probability(config, "dropout", 0.1),
                AttentionWeights = ConfigChecks.Probability(config, "attention_dropout", 0.1),
                FeedForward = ConfigChecks.Probability(config, "dropout", 0.1),
                Classifier = ConfigChecks.Probability(config, "seq_classif_dropout", 0.2),
            },
            Blocks = [.. Enumerable.Range(0, config.Size("n_layers", "num_hidden_layers")).Select(Block)],
            Head = context.Head switch
            {
                HeadKind.MaskedLanguageModel => new Head.LanguageModel(
                    new HeadStep(weights.Linear("vocab_transform", size, size), activation),
                    weights.LayerNorm("vocab_layer_norm", size, Epsilon),
                    context.Decoder("vocab_projector", embeddings.Tokens, size, bias: "vocab_projector.bias"),
                    Causal: false),
                HeadKind.Classifier => new Head.Classifier(ClassifiedToken.First,
                    [new HeadStep(weights.Linear("pre_classifier", size, size), Activation.Relu), new HeadStep(weights.Linear("classifier", context.Labels, size), null)]),
                _ => new Head.Bare(null),
            },
        };

        Block Block(int i)
        {
            var block = $"distilbert.transformer.layer.{i}";
            return new Block
            {
                Index = i,
                Layout = ResidualLayout.PostNorm,
                Attention = new Attention
                {
                    Query = weights.Linear($"{block}.attention.q_lin", size, size),
                    Key = weights.Linear($"{block}.attention.k_lin", size, size),
                    Value = weights.Linear($"{block}.attention.v_lin", size, size),
                    Output = weights.Linear($"{block}.attention.out_lin", size, size),
                    Heads = heads,
                    KeyValueHeads = heads,
                    HeadSize = size / heads,
                    ScoreScale = 1 / Math.Sqrt(size / heads),
                },
                AttentionNorm = weights.LayerNorm($"{block}.sa_layer_norm", size, Epsilon),
                FeedForward = context.FeedForward(i, block, new FeedForwardNames($"{block}.ffn.lin1", $"{block}.ffn.lin2"), activation, size, inner),
                FeedForwardNorm = weights.LayerNorm($"{block}.output_layer_norm", size, Epsilon),
            };
        }
    }
}
