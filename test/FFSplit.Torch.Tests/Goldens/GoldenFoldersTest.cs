using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Compression.Statistics;
using FFSplit.Modeling;

namespace FFSplit.Torch.Tests.Goldens;

/// <summary>Every golden folder: a tiny checkpoint and what Hugging Face transformers gives for it. The recipe lies beside them (generate.py, dialects.py).</summary>
public class GoldenFoldersTest
{
    public static TheoryData<string> Folders() => [.. GoldenFolders.Names];

    [Theory]
    [MemberData(nameof(Folders))]
    public void Outputs_and_neuron_sums_agree_with_transformers(string name)
    {
        var folder = GoldenFolders.Require(name);
        using var checkpoint = Checkpoint.Open(folder);
        using var reference = new Reference(folder);
        using var model = new TorchModel(checkpoint);
        var collector = new StatisticsCollector(checkpoint.Architecture);
        collector.Begin(reference.Batch);
        var output = model.Run(reference.Batch, model.Available & ~ModelOutputs.NextTokenLogProbabilities, collector);

        reference.Compare("last_hidden_state", output.LastHiddenState, Tolerance);
        reference.Compare("logits", output.Logits, Tolerance);
        reference.Compare("pooler_output", output.PoolerOutput, Tolerance);
        var statistics = collector.Result(new StatisticsSource("", "", "", 0)).Whole;
        for (var layer = 0; layer < statistics.Layers.Count; layer++)
        {
            var expected = reference.FindDoubles($"ffn.{layer}.sum_of_squares");
            Assert.NotNull(expected);
            var actual = statistics.Layers[layer].SumOfSquares;
            Assert.Equal(expected.Length, actual.Length);
            var floor = 1e-7 * expected.Max();
            for (var j = 0; j < expected.Length; j++)
                Assert.True(Math.Abs(actual[j] - expected[j]) <= 5e-6 * expected[j] + floor, $"layer {layer}, neuron {j}: {actual[j]} against {expected[j]}");
        }
        Assert.Equal(reference.Batch.TokenCount, statistics.Tokens);
        Assert.Null(reference.FindDoubles($"ffn.{statistics.Layers.Count}.sum_of_squares"));
    }

    [Fact]
    public void There_are_golden_folders_to_judge() => Assert.NotEmpty(Folders());

    static float Tolerance(float largest) => 2e-5f * Math.Max(1, largest / 8);
}
