using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>ELECTRA (transformers' modeling_electra.py): BERT's blocks over embeddings of a width of their own.</summary>
sealed class ElectraFamily : ModelFamily
{
    public override string ModelType => "electra";
    public override string BasePrefix => "electra.";
    public override IReadOnlyCollection<string> BaseModules => ["embeddings", "embeddings_project", "encoder"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["ElectraModel"] = HeadKind.Bare,
        // The discriminator as the hub holds it: its head tells replaced tokens, which nobody asks of a compressed model.
        ["ElectraForPreTraining"] = HeadKind.Bare,
        ["ElectraForMaskedLM"] = HeadKind.MaskedLanguageModel,
        ["ElectraForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers =>
        ["electra.embeddings.position_ids", "discriminator_predictions.", "generator_predictions.", "generator_lm_head.", "classifier.", "qa_outputs."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights)
        => weights.Has("generator_predictions.dense.weight") ? HeadKind.MaskedLanguageModel
        : weights.Has("classifier.out_proj.weight") ? HeadKind.Classifier : HeadKind.Bare;

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Only("is_decoder", false);
        config.Only("add_cross_attention", false);
        config.Only("position_embedding_type", "absolute");
        config.Ignore("summary_activation", "summary_last_dropout", "summary_type", "summary_use_proj");
        var encoder = PostNormEncoder.Read(config);
        var (size, width) = (encoder.HiddenSize, config.Whole("embedding_size", 128));
        var positions = config.Size("max_position_embeddings");
        var embeddings = new Embeddings
        {
            Tokens = weights.Table("electra.embeddings.word_embeddings.weight", config.Size("vocab_size"), width),
            Positions = new LearnedPositions(weights.Table("electra.embeddings.position_embeddings.weight", positions, width), PositionSource.Column),
            TokenTypes = weights.Table("electra.embeddings.token_type_embeddings.weight", config.Whole("type_vocab_size", 2), width),
            Norm = weights.LayerNorm("electra.embeddings.LayerNorm", width, encoder.Epsilon),
            Projection = width == size ? null : weights.Linear("electra.embeddings_project", size, width),
        };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = size,
            MaximumLength = positions,
            Embeddings = embeddings,
            Dropouts = PostNormEncoder.Dropouts(config, "classifier_dropout", twice: true),
            Blocks = encoder.BertBlocks(context, "electra.encoder.layer"),
            Head = context.Head switch
            {
                // The activation is gelu whatever the blocks have.
                HeadKind.MaskedLanguageModel => new Head.LanguageModel(
                    new HeadStep(weights.Linear("generator_predictions.dense", width, size), Activation.Gelu),
                    weights.LayerNorm("generator_predictions.LayerNorm", width, encoder.Epsilon),
                    context.Decoder("generator_lm_head", embeddings.Tokens, width, bias: "generator_lm_head.bias"),
                    Causal: false),
                HeadKind.Classifier => new Head.Classifier(ClassifiedToken.First,
                [
                    new HeadStep(weights.Linear("classifier.dense", size, size), Activation.Gelu),
                    new HeadStep(weights.Linear("classifier.out_proj", context.Labels, size), null),
                ]),
                _ => new Head.Bare(null),
            },
        };
    }
}
