using System.Reflection;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Interpreter;

/// <summary>Goes over all cases of the architecture's closed records: a new case that the torch interpreter does not know fails here.</summary>
public class CasesTest
{
    [Theory]
    [InlineData(Activation.Gelu, 0.5, 0.34573123)]
    [InlineData(Activation.GeluTanh, 0.5, 0.34571401)]
    [InlineData(Activation.QuickGelu, 0.5, 0.35038812)]
    [InlineData(Activation.Relu, 0.5, 0.5)]
    [InlineData(Activation.ReluSquared, 0.5, 0.25)]
    [InlineData(Activation.Silu, 0.5, 0.31122967)]
    [InlineData(Activation.Tanh, 0.5, 0.46211716)]
    [InlineData(Activation.ClippedGelu, 0.5, 0.34573123)]
    [InlineData(Activation.HardSwish, 0.5, 0.29166667)]
    [InlineData(Activation.LeakyRelu, 0.5, 0.50000000)]
    [InlineData(Activation.Relu6, 0.5, 0.50000000)]
    [InlineData(Activation.Mish, 0.5, 0.37524521)]
    [InlineData(Activation.Sigmoid, 0.5, 0.62245933)]
    [InlineData(Activation.Laplace, 0.5, 0.23142115)]
    [InlineData(Activation.SqrtSoftplus, 0.5, 0.98695339)]
    [InlineData(Activation.Identity, 0.5, 0.50000000)]
    public void Activations_have_these_values(Activation activation, double x, double expected)
    {
        using var scope = NewDisposeScope();
        Assert.True(Math.Abs(Forward.Activate(activation, tensor((float)x)).item<float>() - expected) <= 1e-6);
    }

    [Fact]
    public void Every_activation_has_a_value_to_be_held_against()
    {
        var tested = typeof(CasesTest).GetMethod(nameof(Activations_have_these_values))!.GetCustomAttributes<InlineDataAttribute>().Select(a => a.Data[0]);
        Assert.Equal(Enum.GetValues<Activation>().Cast<object>(), tested);
    }

    [Fact]
    public void Every_norm_runs()
    {
        using var scope = NewDisposeScope();
        var cases = new Dictionary<Type, Norm>
        {
            [typeof(Norm.Layer)] = new Norm.Layer(4, 1e-5, null, null),
            [typeof(Norm.RootMeanSquare)] = new Norm.RootMeanSquare(4, 1e-6, new WeightBinding("w", [4])),
        };
        foreach (var type in Cases(typeof(Norm))) Assert.Equal([1L, 4L], Forward.Norm(cases[type], new Ones(), ones(1, 4)).shape);
    }

    [Fact]
    public void Every_light_part_runs()
    {
        using var scope = NewDisposeScope();
        Factors Pair(int output, int input) => new(new WeightBinding("a", [2, input]), new WeightBinding("b", [output, 2]));
        var neurons = new Neurons(new Linear(new WeightBinding("u", [3, 4])), null, new WeightBinding("v", [4, 3]));
        var cases = new Dictionary<Type, LightPart>
        {
            [typeof(LightPart.None)] = new LightPart.None(),
            [typeof(LightPart.Linear)] = new LightPart.Linear(Pair(4, 4)),
            [typeof(LightPart.Dense)] = new LightPart.Dense(neurons),
            [typeof(LightPart.LowRank)] = new LightPart.LowRank(Pair(3, 4), null, Pair(4, 3)),
        };
        foreach (var type in Cases(typeof(LightPart)))
            Assert.Equal([1L, 2L, 4L], FeedForwardForward.Run(Block(ResidualLayout.PreNorm, cases[type]), new Ones(), ones(1, 2, 4)).shape);
        Assert.Equal(Enum.GetValues<LightKind>().Order(), cases.Values.Select(c => c.Kind).Order());
    }

    [Fact]
    public void Every_residual_layout_position_source_and_head_runs()
    {
        using var scope = NewDisposeScope();
        var batch = new Batch(1, 2, [1, 1], [1, 1]);
        foreach (var layout in Enum.GetValues<ResidualLayout>())
            foreach (var source in Enum.GetValues<PositionSource>())
            {
                var architecture = Model(Block(layout, new LightPart.None()), source);
                using var context = new ForwardContext(architecture, batch, new Ones());
                var x = Forward.Embed(architecture.Embeddings, new Ones(), context);
                x = Forward.Block(architecture.Blocks[0], new Ones(), x, context);
                Assert.Equal([1L, 2L, 4L], x.shape);
                foreach (var token in Enum.GetValues<ClassifiedToken>()) Assert.Equal([1L, 4L], context.Pick(x, token, null).shape);
            }
        // The output reader's switch: a new head must be run there.
        Assert.Equal(["Bare", "Classifier", "LanguageModel"], Cases(typeof(Head)).Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    static IEnumerable<Type> Cases(Type record) => record.GetNestedTypes().Where(t => t.IsSubclassOf(record));

    static Block Block(ResidualLayout layout, LightPart light)
    {
        var neurons = new Neurons(new Linear(new WeightBinding("u", [3, 4])), null, new WeightBinding("v", [4, 3]));
        var square = new Linear(new WeightBinding("s", [4, 4]));
        return new Block
        {
            Index = 0,
            Layout = layout,
            Attention = new Attention { Query = square, Key = square, Value = square, Output = square, Heads = 2, KeyValueHeads = 2, HeadSize = 2, ScoreScale = 0.7 },
            AttentionNorm = new Norm.Layer(4, 1e-5, null, null),
            FeedForward = new FeedForward { Activation = Activation.Gelu, IntermediateSize = 6, Heavy = neurons, Light = light, OutputBias = null, Dense = neurons, Prefix = "ffn" },
            FeedForwardNorm = new Norm.Layer(4, 1e-5, null, null),
        };
    }

    static Architecture Model(Block block, PositionSource source) => new()
    {
        ModelType = "test",
        HiddenSize = 4,
        MaximumLength = 5,
        Embeddings = new Embeddings
        {
            Tokens = new WeightBinding("t", [9, 4]),
            Positions = new LearnedPositions(new WeightBinding("p", [8, 4]), source, 1),
        },
        Blocks = [block],
        Head = new Head.Bare(null),
    };

    /// <summary>Every weight is made of ones.</summary>
    sealed class Ones : IWeightSource
    {
        public Tensor this[WeightBinding binding] => ones([.. binding.Shape.Select(s => (long)s)]);
    }
}
