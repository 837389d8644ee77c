using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>RoBERTa (transformers' modeling_roberta.py): BERT with positions counted from the ids and other heads.</summary>
sealed class RobertaFamily : ModelFamily
{
    public override string ModelType => "roberta";
    public override string BasePrefix => "roberta.";
    public override IReadOnlyCollection<string> BaseModules => ["embeddings", "encoder", "pooler"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["RobertaModel"] = HeadKind.Bare,
        ["RobertaForMaskedLM"] = HeadKind.MaskedLanguageModel,
        ["RobertaForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers =>
        ["roberta.embeddings.position_ids", "roberta.embeddings.token_type_ids", "roberta.pooler.", "lm_head.", "classifier.", "qa_outputs."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights)
        => weights.Has("lm_head.dense.weight") ? HeadKind.MaskedLanguageModel
        : weights.Has("classifier.out_proj.weight") ? HeadKind.Classifier : HeadKind.Bare;

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Only("is_decoder", false);
        config.Only("add_cross_attention", false);
        config.Only("position_embedding_type", "absolute");
        var encoder = PostNormEncoder.Read(config);
        var pad = config.Whole("pad_token_id", 1);
        var positions = config.Size("max_position_embeddings");
        var embeddings = new Embeddings
        {
            Tokens = weights.Table("roberta.embeddings.word_embeddings.weight", config.Size("vocab_size"), encoder.HiddenSize),
            Positions = new LearnedPositions(weights.Table("roberta.embeddings.position_embeddings.weight", positions, encoder.HiddenSize),
                PositionSource.NonPadIds, pad + 1, pad),
            TokenTypes = weights.Table("roberta.embeddings.token_type_embeddings.weight", config.Whole("type_vocab_size", 2), encoder.HiddenSize),
            Norm = weights.LayerNorm("roberta.embeddings.LayerNorm", encoder.HiddenSize, encoder.Epsilon),
        };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = encoder.HiddenSize,
            MaximumLength = positions - pad - 1,
            Embeddings = embeddings,
            Dropouts = PostNormEncoder.Dropouts(config, "classifier_dropout", twice: true),
            Blocks = encoder.BertBlocks(context, "roberta.encoder.layer"),
            Head = context.Head switch
            {
                HeadKind.MaskedLanguageModel => encoder.RobertaLanguageModel(context, embeddings.Tokens),
                HeadKind.Classifier => encoder.RobertaClassifier(context),
                _ => PostNormEncoder.BareHead(context, "roberta.pooler", encoder.HiddenSize),
            },
        };
    }
}
