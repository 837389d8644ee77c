using System.Text.Json;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>GPT-Neo (transformers' modeling_gpt_neo.py): GPT-2 with separate projections, unscaled scores, and local attention in some
/// blocks.</summary>
sealed class GptNeoFamily : ModelFamily
{
    public override string ModelType => "gpt_neo";
    public override string BasePrefix => "transformer.";
    public override IReadOnlyCollection<string> BaseModules => ["wte", "wpe", "h", "ln_f"];

    public override IReadOnlyDictionary<string, HeadKind> Classes { get; } = new Dictionary<string, HeadKind>
    {
        ["GPTNeoModel"] = HeadKind.Bare,
        ["GPTNeoForCausalLM"] = HeadKind.CausalLanguageModel,
        ["GPTNeoForSequenceClassification"] = HeadKind.Classifier,
    };

    public override IReadOnlyCollection<string> KnownLeftovers => ["lm_head.", "score."];

    public override HeadKind GuessHead(ModelConfig config, WeightBinder weights) => DecoderHead(config, weights, tiedByDefault: true);

    public override Architecture Describe(FamilyContext context)
    {
        var (config, weights) = (context.Config, context.Weights);
        config.Ignore("summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj",
            "classifier_dropout", "is_decoder");
        var size = config.Size("hidden_size");
        var heads = config.Size("num_heads", "num_attention_heads");
        var inner = config.WholeOrNull("intermediate_size") ?? 4 * size;
        var epsilon = config.Number("layer_norm_epsilon", 1e-5);
        var activation = Activations.Parse(config.Text("activation_function") ?? "gelu_new", config.Thing("activation_function"));
        ConfigChecks.Divides(config, "num_heads", heads, "hidden_size", size);
        var positions = config.Size("max_position_embeddings");
        var layers = config.Size("num_layers", "num_hidden_layers");
        var local = LocalLayers(config, layers);
        var window = config.Whole("window_size", 256);
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
                Embeddings = ConfigChecks.Probability(config, "embed_dropout", 0),
                AttentionWeights = ConfigChecks.Probability(config, "attention_dropout", 0),
                Attention = ConfigChecks.Probability(config, "resid_dropout", 0),
                FeedForward = ConfigChecks.Probability(config, "resid_dropout", 0),
            },
            Blocks = [.. Enumerable.Range(0, layers).Select(Block)],
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
            Linear Square(string name, bool bias) => weights.Linear($"{block}.attn.attention.{name}", size, size, bias);
            return new Block
            {
                Index = i,
                Layout = ResidualLayout.PreNorm,
                Attention = new Attention
                {
                    Query = Square("q_proj", bias: false),
                    Key = Square("k_proj", bias: false),
                    Value = Square("v_proj", bias: false),
                    Output = Square("out_proj", bias: true),
                    Heads = heads,
                    KeyValueHeads = heads,
                    HeadSize = size / heads,
                    ScoreScale = 1,
                    Causal = true,
                    Window = local[i] ? window : null,
                },
                AttentionNorm = weights.LayerNorm($"{block}.ln_1", size, epsilon),
                FeedForward = context.FeedForward(i, block, new FeedForwardNames($"{block}.mlp.c_fc", $"{block}.mlp.c_proj"), activation, size, inner),
                FeedForwardNorm = weights.LayerNorm($"{block}.ln_2", size, epsilon),
            };
        }
    }

    // attention_types: [[["global", "local"], 12], …], each pattern so many times; attention_layers is the same written out.
    static bool[] LocalLayers(ModelConfig config, int layers)
    {
        var names = new List<string>();
        if (config.Find("attention_types") is { ValueKind: JsonValueKind.Array } types)
        {
            config.Ignore("attention_layers");
            foreach (var type in types.EnumerateArray())
                if (type.ValueKind == JsonValueKind.Array && type.GetArrayLength() == 2 && type[0].ValueKind == JsonValueKind.Array
                    && type[1].ValueKind == JsonValueKind.Number && type[1].TryGetInt32(out var times))
                    for (var i = 0; i < times; i++) names.AddRange(type[0].EnumerateArray().Select(n => n.ToString()));
                else throw Wrong("attention_types", type.GetRawText());
        }
        else if (config.Find("attention_layers") is { ValueKind: JsonValueKind.Array } written)
            names.AddRange(written.EnumerateArray().Select(n => n.ToString()));
        else
            // transformers' default: 24 layers, global and local in turn.
            names.AddRange(Enumerable.Range(0, layers).Select(i => i % 2 == 0 ? "global" : "local"));
        if (names.Count != layers || names.Any(n => n is not ("global" or "local"))) throw Wrong("attention_types", string.Join(", ", names));
        return [.. names.Select(n => n == "local")];

        BadInputException Wrong(string key, string found) => new(config.Thing(key), $"global or local for each of {layers} layers", found,
            "Use a checkpoint whose config.json belongs to it.");
    }
}
