using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>OPT (transformers' modeling_opt.py): learned positions from the mask with offset 2, norms before or after, projections around.</summary>
sealed class OptFamily : ModelFamily
{
    const double Epsilon = 1e-5;
    const int PositionOffset = 2;

    public override string ModelType => "opt";
    public override string BasePrefix => "model.";
    public override IReadOnlyCollection<string> BaseModules => ["decoder"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["OPTModel"] = HeadKind.Bare,
        ["OPTForCausalLM"] = HeadKind.CausalLanguageModel,
        ["OPTForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers => ["lm_head.", "score.", "model.decoder.version"];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights) => DecoderHead(config, weights, tiedByDefault: true);

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Ignore("activation_dropout", "is_decoder");
        config.Only("learned_embeddings", true);
        var size = config.Size("hidden_size");
        var heads = config.Size("num_attention_heads");
        var inner = config.Size("ffn_dim");
        var embedded = config.Whole("word_embed_proj_dim", size);
        var preNorm = config.Flag("do_layer_norm_before", true);
        var affine = config.Flag("layer_norm_elementwise_affine", true);
        var bias = config.Flag("enable_bias", true);
        var removeFinalNorm = config.Flag("_remove_final_layer_norm", false);
        var activation = Activations.Parse(config.Text("activation_function") ?? "relu", config.Thing("activation_function"));
        ConfigChecks.Divides(config, "num_attention_heads", heads, "hidden_size", size);
        var positions = config.Size("max_position_embeddings");
        var embeddings = new Embeddings
        {
            Tokens = weights.Table("model.decoder.embed_tokens.weight", config.Size("vocab_size"), embedded),
            TokenProjection = embedded == size ? null : weights.Linear("model.decoder.project_in", size, embedded, bias: false),
            Positions = new LearnedPositions(
                weights.Table("model.decoder.embed_positions.weight", positions + PositionOffset, size), PositionSource.Mask, PositionOffset),
        };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = size,
            MaximumLength = positions,
            Embeddings = embeddings,
            Dropouts = new Dropouts
            {
                AttentionWeights = ConfigChecks.Probability(config, "attention_dropout", 0),
                Attention = ConfigChecks.Probability(config, "dropout", 0.1),
                FeedForward = ConfigChecks.Probability(config, "dropout", 0.1),
            },
            Blocks = [.. Enumerable.Range(0, config.Size("num_hidden_layers")).Select(Block)],
            FinalNorm = preNorm && !removeFinalNorm ? weights.LayerNorm("model.decoder.final_layer_norm", size, Epsilon, affine) : null,
            OutputProjection = embedded == size ? null : weights.Linear("model.decoder.project_out", embedded, size, bias: false),
            Head = context.Head switch
            {
                HeadKind.CausalLanguageModel => new Head.LanguageModel(null, null, context.Decoder("lm_head", embeddings.Tokens, embedded), Causal: true),
                HeadKind.Classifier => context.LastTokenClassifier("score", embedded),
                _ => new Head.Bare(null),
            },
        };

        Block Block(int i)
        {
            var block = $"model.decoder.layers.{i}";
            return new Block
            {
                Index = i,
                Layout = preNorm ? ResidualLayout.PreNorm : ResidualLayout.PostNorm,
                Attention = new Attention
                {
                    Query = weights.Linear($"{block}.self_attn.q_proj", size, size, bias),
                    Key = weights.Linear($"{block}.self_attn.k_proj", size, size, bias),
                    Value = weights.Linear($"{block}.self_attn.v_proj", size, size, bias),
                    Output = weights.Linear($"{block}.self_attn.out_proj", size, size, bias),
                    Heads = heads,
                    KeyValueHeads = heads,
                    HeadSize = size / heads,
                    ScoreScale = 1 / Math.Sqrt(size / heads),
                    Causal = true,
                },
                AttentionNorm = weights.LayerNorm($"{block}.self_attn_layer_norm", size, Epsilon, affine),
                FeedForward = context.FeedForward(i, block, new FeedForwardNames($"{block}.fc1", $"{block}.fc2"), activation, size, inner, bias),
                FeedForwardNorm = weights.LayerNorm($"{block}.final_layer_norm", size, Epsilon, affine),
            };
        }
    }
}
