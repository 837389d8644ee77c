using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling;
using FFSplit.Modeling.Interpreter;
using FFSplit.Torch.Tests.Helpers;
using TorchSharp;

namespace FFSplit.Torch.Tests.Splits;

/// <summary>A random checkpoint with another light kind in every layer, plain and gated: written, read, and its FFNs held against sums in float64.</summary>
public class LightKindsTest
{
    static readonly LightKind[] Kinds = [LightKind.LowRank, LightKind.Linear, LightKind.None, LightKind.Dense];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_kind_is_written_read_counted_and_run(bool gated)
    {
        using var folder = new TemporaryFolder();
        var random = RandomSplitCheckpoint.Write(folder.Path, gated, Kinds, seed: 5);
        using var checkpoint = Checkpoint.Open(folder.Path);
        Assert.Equal(Kinds, checkpoint.Architecture.Blocks.Select(b => b.FeedForward.Light.Kind));
        Assert.Equal(random.FeedForwardParameters, checkpoint.Architecture.Blocks.Select(b => b.FeedForward.Bindings.Sum(w => w.ElementCount)));
        Assert.Equal(checkpoint.Weights.Tensors.Values.Sum(t => t.ElementCount), ParameterCounts.Of(checkpoint).Total);

        using var model = new TorchModel(checkpoint);
        var probe = new Recorder();
        var batch = new Batch(2, 5, [1, 2, 3, 4, 5, 6, 7, 8, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
        model.Run(batch, ModelOutputs.LastHiddenState, probe);
        for (var layer = 0; layer < Kinds.Length; layer++)
        {
            var (input, output) = probe.Seen[layer];
            var expected = random.FeedForward(layer, input);
            var largest = expected.Max(Math.Abs);
            for (var i = 0; i < expected.Length; i++)
                Assert.True(Math.Abs(expected[i] - output[i]) <= 1e-5 * largest, $"{Kinds[layer]}, value {i}: {output[i]} against {expected[i]}");
        }
    }

    sealed class Recorder : IFeedForwardProbe
    {
        float[] _input = [];

        public List<(float[] Input, float[] Output)> Seen { get; } = [];

        public void Entering(Block block, torch.Tensor input) => _input = input.contiguous().data<float>().ToArray();

        public void Hidden(Block block, torch.Tensor preActivation, torch.Tensor hidden) { }

        public void Leaving(Block block, torch.Tensor output) => Seen.Add((_input, output.contiguous().data<float>().ToArray()));
    }
}
