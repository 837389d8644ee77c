using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Sentences;
using static FFSplit.Torch.Tests.Onnx.TinyArchitecture;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>Goes over all cases of the architecture's closed records; each, as ONNX for both targets, gives what the torch interpreter
/// gives. A case
/// that the emitter lacks fails here.</summary>
public class CasesTest
{
    static readonly Batch Whole = new(2, 5, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
        [0, 0, 1, 1, 1, 0, 0, 0, 0, 1]);
    static readonly Batch Right = new(2, 5, [3, 4, 5, 6, 7, 8, 9, 10, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    static readonly Batch Left = new(2, 5, [3, 4, 5, 6, 7, 1, 1, 8, 9, 10], [1, 1, 1, 1, 1, 0, 0, 1, 1, 1]);

    static readonly Head LanguageModel = new Head.LanguageModel(null, null, new Linear(Weight("tokens", Vocabulary, Width)), Causal: true);

    public static TheoryData<Activation> Activations => [.. Enum.GetValues<Activation>()];

    [Theory, MemberData(nameof(Activations))]
    public void Activations_run(Activation activation)
    {
        foreach (var gated in new[] { false, true })
            foreach (var bias in new[] { false, true })
                OnnxCase.Compare(Of(Block(feedForward: FeedForward(new LightPart.None(), gated, activation, bias: bias))), Whole);
    }

    public static TheoryData<ResidualLayout> ResidualLayouts => [.. Enum.GetValues<ResidualLayout>()];

    [Theory, MemberData(nameof(ResidualLayouts))]
    public void Residual_layouts_run(ResidualLayout layout)
    {
        foreach (var norm in Norms())
        {
            OnnxCase.Compare(Of(Block(layout, norm: norm)), Right);
            OnnxCase.Compare(Of(Block(layout, Attention(bias: false), FeedForward(new LightPart.None(), gated: false, bias: false),
                norm)), Whole);
        }
        Assert.Equal(Cases(typeof(Norm)), Names(Norms()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Light_parts(bool gated)
    {
        foreach (var light in Lights(gated).Concat(Lights(gated, bias: false)))
            foreach (var layout in Enum.GetValues<ResidualLayout>())
                foreach (var heavy in new[] { true, false })
                    OnnxCase.Compare(Of(Block(layout, feedForward: FeedForward(light, gated, heavy: heavy))), Right);
        Assert.Equal(Cases(typeof(LightPart)), Names(Lights(gated)));
    }

    public static TheoryData<PositionSource> PositionSources => [.. Enum.GetValues<PositionSource>()];

    [Theory, MemberData(nameof(PositionSources))]
    public void Position_sources_run(PositionSource source)
    {
        foreach (var offset in new[] { 0, 2 })
        {
            var positions = new LearnedPositions(Weight("positions", 40, Width), source,
                offset + (source == PositionSource.Column ? 0 : 1), PadId: 1);
            OnnxCase.Compare(Of(Block(), embeddings: Embedded(positions)), Whole);
            OnnxCase.Compare(Of(Block(), embeddings: Embedded(positions)), Right);
            if (source == PositionSource.NonPadIds) continue;
            OnnxCase.Compare(Of(Block(ResidualLayout.PreNorm, Attention() with { Causal = true }), LanguageModel, Embedded(positions)),
                Right);
            // The interpreter counts columns whatever the mask says; the graph counts real tokens, as generating does.
            if (source == PositionSource.Mask)
                OnnxCase.Compare(Of(Block(ResidualLayout.PreNorm, Attention() with { Causal = true }), LanguageModel,
                    Embedded(positions)), Left);
        }
    }

    [Fact]
    public void Embeddings_of_every_form()
    {
        var all = Embedded(new LearnedPositions(Weight("positions", 40, Width), PositionSource.Column));
        OnnxCase.Compare(Of(Block(), embeddings: all with { Positions = null }), Whole);
        OnnxCase.Compare(Of(Block(), embeddings: all with { TokenTypes = null }), Whole);
        OnnxCase.Compare(Of(Block(), embeddings: all with { TokenTypes = Weight("types", 1, Width) }), Right);
        OnnxCase.Compare(Of(Block(), embeddings: all with { Norm = null }), Whole);
        OnnxCase.Compare(Of(Block(),
            embeddings: all with { Tokens = Weight("tokens", Vocabulary, 7), TokenProjection = Linear("in", Width, 7, bias: false) }),
                Whole);
        var narrow = new Embeddings
        {
            Tokens = Weight("tokens", Vocabulary, 7),
            Positions = new LearnedPositions(Weight("positions", 40, 7), PositionSource.Column),
            Norm = new Norm.Layer(7, 1e-5, Weight("a", 7), Weight("b", 7)),
            Projection = Linear("up", Width, 7),
        };
        OnnxCase.Compare(Of(Block(), embeddings: narrow), Whole);
        OnnxCase.Compare(Of(Block()) with { OutputProjection = Linear("out", 9, Width) }, Whole);
    }

    [Fact]
    public void Attention_of_every_form()
    {
        foreach (var batch in new[] { Whole, Right, Left })
            foreach (var causal in new[] { false, true })
                foreach (var keyValueHeads in new[] { Heads, 2, 1 })
                    foreach (var window in new int?[] { null, 1, 3, 9 })
                        foreach (var rotating in new[] { 0, 4, HeadSize })
                        {
                            var attention = Attention(keyValueHeads, bias: window is null) with
                            {
                                Causal = causal,
                                Window = window,
                                Rotary = rotating == 0 ? null : new RotaryEmbedding(rotating, 100, new RotaryScaling.None()),
                            };
                            var block = Block(ResidualLayout.PreNorm, attention);
                            OnnxCase.Compare(Of(block), batch);
                            if (causal) OnnxCase.Compare(Of(block, LanguageModel, Embedded(null)), batch);
                        }
    }

    [Fact]
    public void Rotary_scalings()
    {
        RotaryScaling[] scalings =
        [
            new RotaryScaling.None(), new RotaryScaling.Linear(3), new RotaryScaling.Dynamic(2, TrainedPositions: 4),
                new RotaryScaling.Dynamic(2, TrainedPositions: 8),
            new RotaryScaling.Llama3(8, 1, 4, 40), new RotaryScaling.Yarn(4, 32, 1, 40, 1.2, Truncate: true),
        ];
        foreach (var scaling in scalings)
            OnnxCase.Compare(Of(Block(attention: Attention() with { Rotary = new RotaryEmbedding(HeadSize, 100, scaling) })), Whole);
        Assert.Equal(Cases(typeof(RotaryScaling)), Names(scalings));
    }

    [Fact]
    public void A_relative_bias_goes_beyond_its_furthest_distance()
    {
        var bias = new RelativePositionBias(Weight("relative", 32, Heads), 32, MaxDistance: 24);
        var length = 60;
        var batch = new Batch(2, length, [.. Enumerable.Range(0, 2 * length).Select(i => i * 7L % Vocabulary)],
            [.. Enumerable.Repeat(1L, 2 * length - 9), .. new long[9]]);
        OnnxCase.Compare(Of(Block(), embeddings: Embedded(null)) with { RelativeBias = bias, MaximumLength = 100 }, batch);
        OnnxCase.Compare(Of(Block(attention: Attention() with { Window = 7 }), embeddings: Embedded(null)) with { RelativeBias = bias },
            batch);
    }

    [Fact]
    public void Heads_of_every_kind()
    {
        var step = new HeadStep(Linear("dense", Width, Width), Activation.Tanh);
        List<Head> heads =
        [
            new Head.Bare(step), LanguageModel,
                new Head.LanguageModel(step, LayerNorm("head"), Linear("decoder", Vocabulary, Width), Causal: false),
            new Head.LanguageModel(step, null, new Linear(Weight("tokens", Vocabulary, Width), Weight("vocabulary bias", Vocabulary)),
                Causal: false),
        ];
        foreach (var token in Enum.GetValues<ClassifiedToken>())
            foreach (var pad in new int?[] { null, 10 })
                heads.Add(new Head.Classifier(token, [step, new HeadStep(Linear("labels", 3, Width), null)], pad));
        foreach (var head in heads)
            foreach (var batch in new[] { Whole, Right })
                OnnxCase.Compare(Of(Block(ResidualLayout.PreNorm, Attention() with { Causal = head == LanguageModel }), head), batch);
        Assert.Equal(Cases(typeof(Head)), Names(heads));
    }

    [Fact]
    public void Poolings()
    {
        foreach (var normalize in new[] { false, true })
        {
            foreach (var mode in Enum.GetValues<PoolingMode>())
                OnnxCase.Compare(Of(Block()), Right, new SentencePooling([mode], normalize));
            OnnxCase.Compare(Of(Block()), Right, new SentencePooling(Enum.GetValues<PoolingMode>(), normalize));
        }
    }

    static Norm[] Norms() =>
        [LayerNorm("norm"), new Norm.Layer(Width, 1e-5, null, null), new Norm.RootMeanSquare(Width, 1e-6, Weight("scale", Width))];

    static IEnumerable<string> Cases(Type record)
        => record.GetNestedTypes().Where(t => t.IsSubclassOf(record)).Select(t => t.Name).Order(StringComparer.Ordinal);

    static IEnumerable<string> Names(IEnumerable<object> values)
        => values.Select(v => v.GetType().Name).Distinct().Order(StringComparer.Ordinal);
}
