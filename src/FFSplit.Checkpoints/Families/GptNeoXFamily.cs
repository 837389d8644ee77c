using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>GPT-NeoX, also Pythia (transformers' modeling_gpt_neox.py): attention and FFN side by side, rotary positions on a part of each head,
/// query, key and value of each head together in one tensor.</summary>
sealed class GptNeoXFamily : ModelFamily
{
    public override string ModelType => "gpt_neox";
    public override string BasePrefix => "gpt_neox.";
    public override IReadOnlyCollection<string> BaseModules => ["embed_in", "layers", "final_layer_norm", "rotary_emb"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["GPTNeoXModel"] = HeadKind.Bare,
        ["GPTNeoXForCausalLM"] = HeadKind.CausalLanguageModel,
        ["GPTNeoXForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers => ["embed_out.", "score.", "gpt_neox.rotary_emb."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights)
        => weights.Has("score.weight") ? HeadKind.Classifier
        : weights.Has("embed_out.weight") || config.Flag("tie_word_embeddings", false) ? HeadKind.CausalLanguageModel : HeadKind.Bare;

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Ignore("is_decoder", "classifier_dropout");
        var size = config.Size("hidden_size");
        var heads = config.Size("num_attention_heads");
        var inner = config.Size("intermediate_size");
        var epsilon = config.Number("layer_norm_eps", 1e-5);
        var activation = Activations.Parse(config.Text("hidden_act") ?? "gelu", config.Thing("hidden_act"));
        ConfigChecks.Divides(config, "num_attention_heads", heads, "hidden_size", size);
        var headSize = size / heads;
        var positions = config.Size("max_position_embeddings");
        var rotary = RotaryConfig.Read(config, headSize, positions, config.Number("rotary_emb_base", 10000), config.Number("rotary_pct", 0.25));
        var attentionBias = config.Flag("attention_bias", true);
        var layout = config.Flag("use_parallel_residual", true) ? ResidualLayout.Parallel : ResidualLayout.PreNorm;
        var hidden = ConfigChecks.Probability(config, "hidden_dropout", 0);
        var embeddings = new Embeddings { Tokens = weights.Table("gpt_neox.embed_in.weight", config.Size("vocab_size"), size) };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = size,
            MaximumLength = positions,
            Embeddings = embeddings,
            Dropouts = new Dropouts
            {
                Embeddings = hidden,
                AttentionWeights = ConfigChecks.Probability(config, "attention_dropout", 0),
                Attention = hidden,
                FeedForward = hidden,
            },
            Blocks = [.. Enumerable.Range(0, config.Size("num_hidden_layers")).Select(Block)],
            FinalNorm = weights.LayerNorm("gpt_neox.final_layer_norm", size, epsilon),
            Head = context.Head switch
            {
                HeadKind.CausalLanguageModel => new Head.LanguageModel(null, null,
                    context.Decoder("embed_out", embeddings.Tokens, size, tiedByDefault: false), Causal: true),
                HeadKind.Classifier => context.LastTokenClassifier("score", size),
                _ => new Head.Bare(null),
            },
        };

        Block Block(int i)
        {
            var block = $"gpt_neox.layers.{i}";
            return new Block
            {
                Index = i,
                Layout = layout,
                Attention = new Attention
                {
                    Query = Fused(0),
                    Key = Fused(1),
                    Value = Fused(2),
                    Output = weights.Linear($"{block}.attention.dense", size, size, attentionBias),
                    Heads = heads,
                    KeyValueHeads = heads,
                    HeadSize = headSize,
                    ScoreScale = 1 / Math.Sqrt(headSize),
                    Causal = true,
                    Rotary = rotary,
                },
                AttentionNorm = weights.LayerNorm($"{block}.input_layernorm", size, epsilon),
                FeedForward = context.FeedForward(i, block, new FeedForwardNames($"{block}.mlp.dense_h_to_4h", $"{block}.mlp.dense_4h_to_h"),
                    activation, size, inner),
                FeedForwardNorm = weights.LayerNorm($"{block}.post_attention_layernorm", size, epsilon),
            };

            // Each head's query, key and value lie together.
            Linear Fused(int part) => weights.Linear($"{block}.attention.query_key_value", size, size, attentionBias, part: new FusedPart(part, 3, heads));
        }
    }
}
