using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Splits;

/// <summary>What a run of a split model computes, held against the matrices that lie in its files.</summary>
public class SplitRunCountsTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_stored_matrix_is_multiplied_once_a_token_whatever_the_light_part(bool gated)
    {
        using var folder = new TemporaryFolder();
        RandomSplitCheckpoint.Write(folder.Path, gated, [LightKind.LowRank, LightKind.Linear, LightKind.None, LightKind.Dense], seed: 5);
        using var checkpoint = Checkpoint.Open(folder.Path);
        string[] others = ["embed", "pooler"];
        var matrices = checkpoint.Weights.Tensors.Values
            .Where(t => t.Shape.Count == 2 && !others.Any(o => t.Name.Contains(o, StringComparison.Ordinal)));
        Assert.Equal(matrices.Sum(t => t.ElementCount), RunCounts.Of(checkpoint.Architecture, pooled: false).PerToken);
    }
}
