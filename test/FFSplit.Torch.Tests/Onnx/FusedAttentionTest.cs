using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Emitting;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;
using static FFSplit.Torch.Tests.Onnx.TinyArchitecture;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>Which of ONNX Runtime's attentions are written; that they give the right numbers is CasesTest's business.</summary>
public class FusedAttentionTest
{
    static readonly Attention Rotating = Attention() with { Rotary = new RotaryEmbedding(HeadSize, 100, new RotaryScaling.None()) };

    [Fact]
    public void Where_no_token_is_padding_the_attention_takes_no_mask()
    {
        var choices = Graph(Rotating).Nodes.Where(n => n.Operator == "If").ToList();
        Assert.Equal(2, choices.Count);
        foreach (var choice in choices)
            Assert.Equal([3, 5], choice.Attributes.Cast<OnnxAttribute.Graph>().Select(a => Assert.Single(a.Value.Nodes).Inputs.Count));
    }

    [Fact]
    public void An_attention_that_adds_to_its_scores_has_nothing_to_choose()
    {
        Assert.DoesNotContain(Graph(Rotating with { Window = 3 }).Nodes, n => n.Operator == "If");
        Assert.DoesNotContain(Graph(Rotating with { Causal = true }).Nodes, n => n.Operator == "If");
        Assert.DoesNotContain(Graph(Attention()).Nodes, n => n.Operator == "If");
    }

    static OnnxGraph Graph(Attention attention) => ModelEmitter.Emit(Of(Block(attention: attention)), null,
        new WeightStore(Zeros), new OnnxRuntimeOperators(), new FullPrecision(), "test").Graph;

    static MemoryTensor Zeros(WeightBinding binding)
        => MemoryTensor.Of(binding.Name, [.. binding.Shape.Select(s => (long)s)], new float[binding.ElementCount]);
}
