using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>MPNet (transformers' modeling_mpnet.py): RoBERTa's positions, no token types, a relative bias shared by all blocks.</summary>
sealed class MpnetFamily : ModelFamily
{
    // Fixed in the model's code: the config only says how many rows the table has.
    const int Buckets = 32;

    static readonly PostNormEncoder.BlockNames Names =
        new("attention.attn.q", "attention.attn.k", "attention.attn.v", "attention.attn.o", "attention.LayerNorm");

    public override string ModelType => "mpnet";
    public override string BasePrefix => "mpnet.";
    public override IReadOnlyCollection<string> BaseModules => ["embeddings", "encoder", "pooler"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["MPNetModel"] = HeadKind.Bare,
        ["MPNetForMaskedLM"] = HeadKind.MaskedLanguageModel,
        ["MPNetForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers =>
        ["mpnet.embeddings.position_ids", "mpnet.pooler.", "lm_head.", "classifier.", "qa_outputs."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights)
        => weights.Has("lm_head.dense.weight") ? HeadKind.MaskedLanguageModel
        : weights.Has("classifier.out_proj.weight") ? HeadKind.Classifier : HeadKind.Bare;

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Ignore("classifier_dropout");
        var encoder = PostNormEncoder.Read(config);
        // The padding row is fixed in the model's code, whatever pad_token_id says.
        const int pad = 1;
        var positions = config.Size("max_position_embeddings");
        var buckets = config.Whole("relative_attention_num_buckets", Buckets);
        if (buckets < Buckets)
            throw new BadInputException(config.Thing("relative_attention_num_buckets"), $"at least the {Buckets} that MPNet's code counts in", $"{buckets}",
                "Use a checkpoint that transformers can run.");
        var embeddings = new Embeddings
        {
            Tokens = weights.Table("mpnet.embeddings.word_embeddings.weight", config.Size("vocab_size"), encoder.HiddenSize),
            Positions = new LearnedPositions(weights.Table("mpnet.embeddings.position_embeddings.weight", positions, encoder.HiddenSize),
                PositionSource.NonPadIds, pad + 1, pad),
            Norm = weights.LayerNorm("mpnet.embeddings.LayerNorm", encoder.HiddenSize, encoder.Epsilon),
        };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = encoder.HiddenSize,
            MaximumLength = positions - pad - 1,
            Embeddings = embeddings,
            Dropouts = PostNormEncoder.Dropouts(config, classifierKey: null, twice: true),
            RelativeBias = new RelativePositionBias(weights.Tensor("mpnet.encoder.relative_attention_bias.weight", buckets, encoder.Heads), Buckets),
            Blocks = encoder.Blocks(context, "mpnet.encoder.layer", Names),
            Head = context.Head switch
            {
                HeadKind.MaskedLanguageModel => encoder.RobertaLanguageModel(context, embeddings.Tokens),
                HeadKind.Classifier => encoder.RobertaClassifier(context),
                _ => PostNormEncoder.BareHead(context, "mpnet.pooler", encoder.HiddenSize),
            },
        };
    }
}
