using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>Small architectures with one thing changed at a time.</summary>
static class TinyArchitecture
{
    public const int Width = 16, Heads = 4, HeadSize = 6, Inner = 20, LightCount = 12, Rank = 3, Vocabulary = 19;

    public static Architecture Of(Block block, Head? head = null, Embeddings? embeddings = null) => new()
    {
        ModelType = "test",
        HiddenSize = Width,
        MaximumLength = 32,
        Embeddings = embeddings ?? Embedded(new LearnedPositions(Weight("positions", 40, Width), PositionSource.Column)),
        Blocks = [block with { Index = 0 }, block with { Index = 1 }],
        FinalNorm = block.Layout == ResidualLayout.PostNorm ? null : LayerNorm("final"),
        Head = head ?? new Head.Bare(null),
    };

    public static Embeddings Embedded(LearnedPositions? positions) => new()
    {
        Tokens = Weight("tokens", Vocabulary, Width),
        Positions = positions,
        TokenTypes = Weight("types", 2, Width),
        Norm = LayerNorm("embedding norm"),
    };

    public static Block Block(
        ResidualLayout layout = ResidualLayout.PostNorm, Attention? attention = null, FeedForward? feedForward = null, Norm? norm = null)
    {
        return new Block
        {
            Index = 0,
            Layout = layout,
            Attention = attention ?? Attention(),
            AttentionNorm = norm ?? LayerNorm("norm 1"),
            FeedForward = feedForward ?? FeedForward(new LightPart.None(), gated: false),
            FeedForwardNorm = norm ?? LayerNorm("norm 2"),
        };
    }

    public static Attention Attention(int keyValueHeads = Heads, bool bias = true) => new()
    {
        Query = Linear("query", Heads * HeadSize, Width, bias),
        Key = Linear("key", keyValueHeads * HeadSize, Width, bias),
        Value = Linear("value", keyValueHeads * HeadSize, Width, bias),
        Output = Linear("output", Width, Heads * HeadSize, bias),
        Heads = Heads,
        KeyValueHeads = keyValueHeads,
        HeadSize = HeadSize,
        ScoreScale = 0.7,
    };

    /// <summary>One with a heavy part and this light part; none at all where <paramref name="heavy"/> is false.</summary>
    public static FeedForward FeedForward(LightPart light, bool gated, Activation activation = Activation.Gelu, bool heavy = true,
        bool bias = true)
    {
        var dense = Neurons("dense", Inner, gated, bias);
        return new FeedForward
        {
            Activation = activation,
            IntermediateSize = Inner,
            Heavy = heavy ? Neurons("heavy", Inner - LightCount, gated, bias) : null,
            Light = light,
            OutputBias = bias ? Weight("down bias", Width) : null,
            Dense = dense,
            Prefix = "ffn",
        };
    }

    /// <summary>One light part of each kind.</summary>
    public static IEnumerable<LightPart> Lights(bool gated, bool bias = true) =>
    [
        new LightPart.None(), new LightPart.Linear(Pair("map", Width, Width, bias: false)),
            new LightPart.Dense(Neurons("light", LightCount, gated, bias)),
        new LightPart.LowRank(Pair("up", LightCount, Width, bias), gated ? Pair("gate", LightCount, Width, bias) : null,
            Pair("down", Width, LightCount, bias: false)),
    ];

    public static Norm LayerNorm(string name)
        => new Norm.Layer(Width, 1e-5, Weight($"{name} scale", Width), Weight($"{name} shift", Width));

    public static Linear Linear(string name, int output, int input, bool bias = true)
        => new(Weight(name, output, input), bias ? Weight($"{name} bias", output) : null);

    public static WeightBinding Weight(string name, params int[] shape) => new(name, shape);

    static Neurons Neurons(string name, int count, bool gated, bool bias) => new(Linear($"{name} up", count, Width, bias),
        gated ? Linear($"{name} gate", count, Width, bias) : null, Weight($"{name} down", Width, count));

    static Factors Pair(string name, int output, int input, bool bias)
        => new(Weight($"{name} a", Rank, input), Weight($"{name} b", output, Rank), bias ? Weight($"{name} bias", output) : null);
}
