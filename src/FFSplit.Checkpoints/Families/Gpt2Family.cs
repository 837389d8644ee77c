using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>GPT-2 (transformers' modeling_gpt2.py): matrices stored (in × out), query, key and value in one tensor.</summary>
sealed class Gpt2Family : ModelFamily
{
    public override string ModelType => "gpt2";
    public override string BasePrefix => "transformer.";
    public override IReadOnlyCollection<string> BaseModules => ["wte", "wpe", "h", "ln_f"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["GPT2Model"] = HeadKind.Bare,
        ["GPT2LMHeadModel"] = HeadKind.CausalLanguageModel,
        ["GPT2ForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers => ["lm_head.", "score."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights) => DecoderHead(config, weights, tiedByDefault: true);

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Only("add_cross_attention", false);
        config.Ignore("n_ctx", "summary_activation", "summary_first_dropout",
            "summary_proj_to_labels", "summary_type", "summary_use_proj", "classifier_dropout", "is_decoder");
        // A matter of numeric range in half precision only: the products are the same.
        config.Ignore("reorder_and_upcast_attn");
        var size = config.Size("n_embd", "hidden_size");
        var heads = config.Size("n_head", "num_attention_heads");
        var inner = config.WholeOrNull("n_inner") ?? 4 * size;
        var epsilon = config.Number("layer_norm_epsilon", 1e-5);
        var activation = Activations.Parse(config.Text("activation_function") ?? "gelu_new", config.Thing("activation_function"));
        var scaled = config.Flag("scale_attn_weights", true);
        var scaledByLayer = config.Flag("scale_attn_by_inverse_layer_idx", false);
        ConfigChecks.Divides(config, "n_head", heads, "n_embd", size);
        var positions = config.Size("n_positions", "max_position_embeddings");
        var embeddings = new Embeddings
        {
            Tokens = weights.Table("transformer.wte.weight", config.Size("vocab_size"), size),
            Positions = new LearnedPositions(weights.Table("transformer.wpe.weight", positions, size), PositionSource.Column),
        };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = size,
            MaximumLength = positions,
            Embeddings = embeddings,
            Dropouts = new Dropouts
            {
                Embeddings = ConfigChecks.Probability(config, "embd_pdrop", 0.1),
                AttentionWeights = ConfigChecks.Probability(config, "attn_pdrop", 0.1),
                Attention = ConfigChecks.Probability(config, "resid_pdrop", 0.1),
                FeedForward = ConfigChecks.Probability(config, "resid_pdrop", 0.1),
            },
            Blocks = [.. Enumerable.Range(0, config.Size("n_layer", "num_hidden_layers")).Select(Block)],
            FinalNorm = weights.LayerNorm("transformer.ln_f", size, epsilon),
            Head = context.Head switch
            {
                HeadKind.CausalLanguageModel => new Head.LanguageModel(null, null, context.Decoder("lm_head", embeddings.Tokens, size), Causal: true),
                HeadKind.Classifier => context.LastTokenClassifier("score", size),
                _ => new Head.Bare(null),
            },
        };

        Block Block(int i)
        {
            var block = $"transformer.h.{i}";
            return new Block
            {
                Index = i,
                Layout = ResidualLayout.PreNorm,
                Attention = new Attention
                {
                    Query = Fused(0),
                    Key = Fused(1),
                    Value = Fused(2),
                    Output = weights.Linear($"{block}.attn.c_proj", size, size, transposed: true),
                    Heads = heads,
                    KeyValueHeads = heads,
                    HeadSize = size / heads,
                    ScoreScale = (scaled ? 1 / Math.Sqrt(size / heads) : 1) / (scaledByLayer ? i + 1 : 1),
                    Causal = true,
                },
                AttentionNorm = weights.LayerNorm($"{block}.ln_1", size, epsilon),
                FeedForward = context.FeedForward(i, block, new FeedForwardNames($"{block}.mlp.c_fc", $"{block}.mlp.c_proj", Transposed: true),
                    activation, size, inner),
                FeedForwardNorm = weights.LayerNorm($"{block}.ln_2", size, epsilon),
            };

            Linear Fused(int part) => weights.Linear($"{block}.attn.c_attn", size, size, transposed: true, part: new FusedPart(part, 3));
        }
    }
}
