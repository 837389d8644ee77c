using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>BERT (transformers' modeling_bert.py) and what encoders of its shape share.</summary>
sealed class BertFamily : ModelFamily
{
    public override string ModelType => "bert";
    public override string BasePrefix => "bert.";
    public override IReadOnlyCollection<string> BaseModules => ["embeddings", "encoder", "pooler"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["BertModel"] = HeadKind.Bare,
        ["BertForMaskedLM"] = HeadKind.MaskedLanguageModel,
        ["BertForPreTraining"] = HeadKind.MaskedLanguageModel,
        ["BertForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers =>
        ["bert.embeddings.position_ids", "bert.pooler.", "cls.", "classifier.", "qa_outputs."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights)
        => weights.Has("cls.predictions.transform.dense.weight") ? HeadKind.MaskedLanguageModel
        : weights.Has("classifier.weight") ? HeadKind.Classifier : HeadKind.Bare;

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Only("is_decoder", false);
        config.Only("add_cross_attention", false);
        config.Only("position_embedding_type", "absolute");
        config.Ignore("pooler_fc_size", "pooler_num_attention_heads", "pooler_num_fc_layers", "pooler_size_per_head", "pooler_type", "directionality");
        var encoder = PostNormEncoder.Read(config);
        var positions = config.Size("max_position_embeddings");
        var embeddings = new Embeddings
        {
            Tokens = weights.Table("bert.embeddings.word_embeddings.weight", config.Size("vocab_size"), encoder.HiddenSize),
            Positions = new LearnedPositions(weights.Table("bert.embeddings.position_embeddings.weight", positions, encoder.HiddenSize), PositionSource.Column),
            TokenTypes = weights.Table("bert.embeddings.token_type_embeddings.weight", config.Whole("type_vocab_size", 2), encoder.HiddenSize),
            Norm = weights.LayerNorm("bert.embeddings.LayerNorm", encoder.HiddenSize, encoder.Epsilon),
        };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = encoder.HiddenSize,
            MaximumLength = positions,
            Embeddings = embeddings,
            Dropouts = PostNormEncoder.Dropouts(config, "classifier_dropout", twice: false),
            Blocks = encoder.BertBlocks(context, "bert.encoder.layer"),
            Head = context.Head switch
            {
                HeadKind.MaskedLanguageModel => new Head.LanguageModel(
                    new HeadStep(weights.Linear("cls.predictions.transform.dense", encoder.HiddenSize, encoder.HiddenSize), encoder.Activation),
                    weights.LayerNorm("cls.predictions.transform.LayerNorm", encoder.HiddenSize, encoder.Epsilon),
                    context.Decoder("cls.predictions.decoder", embeddings.Tokens, encoder.HiddenSize, bias: "cls.predictions.bias"),
                    Causal: false),
                HeadKind.Classifier => new Head.Classifier(ClassifiedToken.First,
                    [PostNormEncoder.Pooler(context, "bert.pooler", encoder.HiddenSize), new HeadStep(weights.Linear("classifier", context.Labels, encoder.HiddenSize), null)]),
                _ => PostNormEncoder.BareHead(context, "bert.pooler", encoder.HiddenSize),
            },
        };
    }
}
