using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>LLaMA (transformers' modeling_llama.py): rotary positions, root-mean-square norms, a gated FFN, grouped key-value heads.</summary>
class LlamaFamily : ModelFamily
{
    public override string ModelType => "llama";
    public override string BasePrefix => "model.";
    public override IReadOnlyCollection<string> BaseModules => ["embed_tokens", "layers", "norm", "rotary_emb"];

    public override IReadOnlyDictionary<string, HeadKind> Classes => ClassesOf("Llama");

    public override IReadOnlyCollection<string> KnownLeftovers => ["lm_head.", "score.", "model.rotary_emb."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights) => DecoderHead(config, weights, tiedByDefault: false);

    /// <summary>The three classes of a family by its name in class names.</summary>
    protected static Dictionary<string, HeadKind> ClassesOf(string name) => new()
    {
        [$"{name}Model"] = HeadKind.Bare,
        [$"{name}ForCausalLM"] = HeadKind.CausalLanguageModel,
        [$"{name}ForSequenceClassification"] = HeadKind.Classifier,
    };

    /// <summary>What the config says about the biases of query, key, value and of the output projection, and of the FFN; null: the tensors decide.</summary>
    protected virtual (bool? Input, bool? Output, bool? FeedForward) Biases(ModelConfig config)
    {
        var attention = config.Flag("attention_bias", false);
        return (attention, attention, config.Flag("mlp_bias", false));
    }

    /// <summary>num_key_value_heads where the config does not say; null for as many as query heads, as null in the config means.</summary>
    protected virtual int? DefaultKeyValueHeads => null;

    /// <summary>The attention window of a layer.</summary>
    protected virtual int? Window(ModelConfig config, int layer) => null;

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Ignore("is_decoder", "is_llama_config", "max_sequence_length");
        config.Only("rope_interleaved", false);
        // Only the order of sums in a tensor-parallel run.
        config.Ignore("pretraining_tp");
        var size = config.Size("hidden_size");
        var heads = config.Size("num_attention_heads");
        var keyValueHeads = config.WholeUnlessNull("num_key_value_heads", DefaultKeyValueHeads) ?? heads;
        var inner = config.Size("intermediate_size");
        var epsilon = config.Number("rms_norm_eps", 1e-6);
        var activation = Activations.Parse(config.Text("hidden_act") ?? "silu", config.Thing("hidden_act"));
        if (config.WholeOrNull("head_dim") is not { } headSize)
        {
            ConfigChecks.Divides(config, "num_attention_heads", heads, "hidden_size", size);
            headSize = size / heads;
        }
        ConfigChecks.Divides(config, "num_key_value_heads", keyValueHeads, "num_attention_heads", heads);
        var bias = Biases(config);
        var positions = config.Size("max_position_embeddings");
        var rotary = RotaryConfig.Read(config, headSize, positions);
        var embeddings = new Embeddings { Tokens = weights.Table("model.embed_tokens.weight", config.Size("vocab_size"), size) };
        return new Architecture
        {
            ModelType = ModelType,
            HiddenSize = size,
            MaximumLength = positions,
            Embeddings = embeddings,
            Dropouts = new Dropouts { AttentionWeights = ConfigChecks.Probability(config, "attention_dropout", 0) },
            Blocks = [.. Enumerable.Range(0, config.Size("num_hidden_layers")).Select(Block)],
            FinalNorm = weights.RootMeanSquareNorm("model.norm", size, epsilon),
            Head = context.Head switch
            {
                HeadKind.CausalLanguageModel => new Head.LanguageModel(null, null,
                    context.Decoder("lm_head", embeddings.Tokens, size, tiedByDefault: false), Causal: true),
                HeadKind.Classifier => context.LastTokenClassifier("score", size),
                _ => new Head.Bare(null),
            },
        };

        Block Block(int i)
        {
            var block = $"model.layers.{i}";
            return new Block
            {
                Index = i,
                Layout = ResidualLayout.PreNorm,
                Attention = new Attention
                {
                    Query = weights.Linear($"{block}.self_attn.q_proj", heads * headSize, size, bias.Input),
                    Key = weights.Linear($"{block}.self_attn.k_proj", keyValueHeads * headSize, size, bias.Input),
                    Value = weights.Linear($"{block}.self_attn.v_proj", keyValueHeads * headSize, size, bias.Input),
                    Output = weights.Linear($"{block}.self_attn.o_proj", size, heads * headSize, bias.Output),
                    Heads = heads,
                    KeyValueHeads = keyValueHeads,
                    HeadSize = headSize,
                    ScoreScale = 1 / Math.Sqrt(headSize),
                    Causal = true,
                    Window = Window(config, i),
                    Rotary = rotary,
                },
                AttentionNorm = weights.RootMeanSquareNorm($"{block}.input_layernorm", size, epsilon),
                FeedForward = context.FeedForward(i, block,
                    new FeedForwardNames($"{block}.mlp.up_proj", $"{block}.mlp.down_proj", $"{block}.mlp.gate_proj"), activation, size, inner, bias.FeedForward),
                FeedForwardNorm = weights.RootMeanSquareNorm($"{block}.post_attention_layernorm", size, epsilon),
            };
        }
    }
}
