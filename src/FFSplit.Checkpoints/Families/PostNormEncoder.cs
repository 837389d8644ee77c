using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>Sizes and parts that BERT, RoBERTa and MPNet share.</summary>
/// <param name="HiddenSize">d.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Attention heads.</param>
/// <param name="IntermediateSize">m.</param>
/// <param name="Activation">σ.</param>
/// <param name="Epsilon">Of the norms.</param>
sealed record PostNormEncoder(int HiddenSize, int Layers, int Heads, int IntermediateSize, Activation Activation, double Epsilon)
{
    public static PostNormEncoder Read(ModelConfig config)
    {
        var encoder = new PostNormEncoder(config.Size("hidden_size"), config.Size("num_hidden_layers"), config.Size("num_attention_heads"),
            config.Size("intermediate_size"), Activations.Parse(config.Text("hidden_act") ?? "gelu", config.Thing("hidden_act")),
            config.Number("layer_norm_eps", 1e-12));
        ConfigChecks.Divides(config, "num_attention_heads", encoder.Heads, "hidden_size", encoder.HiddenSize);
        return encoder;
    }

    /// <summary>BERT's dropouts, also RoBERTa's and MPNet's.</summary>
    /// <param name="config">config.json.</param>
    /// <param name="classifierKey">Of the classifier, if it has one of its own.</param>
    /// <param name="twice">Whether the classifier drops before its first step too.</param>
    public static Dropouts Dropouts(ModelConfig config, string? classifierKey, bool twice)
    {
        var hidden = ConfigChecks.Probability(config, "hidden_dropout_prob", 0.1);
        var classifier = classifierKey is null ? hidden : ConfigChecks.Probability(config, classifierKey, hidden);
        return new Dropouts
        {
            Embeddings = hidden,
            AttentionWeights = ConfigChecks.Probability(config, "attention_probs_dropout_prob", 0.1),
            Attention = hidden,
            FeedForward = hidden,
            ClassifierInput = twice ? classifier : null,
            Classifier = classifier,
        };
    }

    /// <summary>Names inside one block.</summary>
    public sealed record BlockNames(string Query, string Key, string Value, string Output, string AttentionNorm);

    static readonly BlockNames BertNames = new("attention.self.query", "attention.self.key", "attention.self.value",
        "attention.output.dense", "attention.output.LayerNorm");

    /// <summary>Blocks under BERT's and RoBERTa's names.</summary>
    public Block[] BertBlocks(FamilyContext context, string prefix) => Blocks(context, prefix, BertNames);

    /// <summary>Blocks with the given names of attention.</summary>
    public Block[] Blocks(FamilyContext context, string prefix, BlockNames names)
    {
        var weights = context.Weights;
        return [.. Enumerable.Range(0, Layers).Select(i =>
        {
            var block = $"{prefix}.{i}";
            return new Block
            {
                Index = i,
                Layout = ResidualLayout.PostNorm,
                Attention = new Attention
                {
                    Query = Square($"{block}.{names.Query}"),
                    Key = Square($"{block}.{names.Key}"),
                    Value = Square($"{block}.{names.Value}"),
                    Output = Square($"{block}.{names.Output}"),
                    Heads = Heads,
                    KeyValueHeads = Heads,
                    HeadSize = HiddenSize / Heads,
                    ScoreScale = 1 / Math.Sqrt(HiddenSize / Heads),
                },
                AttentionNorm = weights.LayerNorm($"{block}.{names.AttentionNorm}", HiddenSize, Epsilon),
                FeedForward = context.FeedForward(i, block, new FeedForwardNames($"{block}.intermediate.dense", $"{block}.output.dense"),
                    Activation, HiddenSize, IntermediateSize),
                FeedForwardNorm = weights.LayerNorm($"{block}.output.LayerNorm", HiddenSize, Epsilon),
            };
        })];

        Linear Square(string name) => weights.Linear(name, HiddenSize, HiddenSize);
    }

    /// <summary>Dense and tanh on the first token.</summary>
    public static HeadStep Pooler(FamilyContext context, string prefix, int hiddenSize)
        => new(context.Weights.Linear($"{prefix}.dense", hiddenSize, hiddenSize), Activation.Tanh);

    /// <summary>The pooler where the checkpoint has one.</summary>
    public static Head.Bare BareHead(FamilyContext context, string prefix, int hiddenSize)
        => new(context.Weights.Has($"{prefix}.dense.weight") ? Pooler(context, prefix, hiddenSize) : null);

    /// <summary>RoBERTa's head, also MPNet's: dense, gelu, norm, decoder.</summary>
    public Head.LanguageModel RobertaLanguageModel(FamilyContext context, WeightBinding tokens) => new(
        new HeadStep(context.Weights.Linear("lm_head.dense", HiddenSize, HiddenSize), Activation.Gelu),
        context.Weights.LayerNorm("lm_head.layer_norm", HiddenSize, Epsilon),
        context.Decoder("lm_head.decoder", tokens, HiddenSize, bias: "lm_head.bias"),
        Causal: false);

    /// <summary>RoBERTa's head, also MPNet's: dense and tanh on the first token, then the labels.</summary>
    public Head.Classifier RobertaClassifier(FamilyContext context) => new(ClassifiedToken.First,
    [
        new HeadStep(context.Weights.Linear("classifier.dense", HiddenSize, HiddenSize), Activation.Tanh),
        new HeadStep(context.Weights.Linear("classifier.out_proj", context.Labels, HiddenSize), null),
    ]);
}
