using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Tests.Splits;

public class FeedForwardShapeTest
{
    // By hand: 768·77 + 77·2304 for U_L, the same for V_L, 768 whole neurons of 2·768, biases 3072 + 768.
    [Fact]
    public void The_papers_split_of_bert_base_has_the_published_size()
    {
        var shape = new FeedForwardShape(768, 3072, Gated: false, InnerBias: true, OutputBias: true);
        Assert.Equal(4_722_432, shape.DenseParameters);
        Assert.Equal(1_656_576, shape.Parameters(new SplitLayer(768, LightKind.LowRank, 77)));
    }

    [Theory]
    [InlineData(LightKind.None, 0, 2 * 10 * 16 + 10 + 16)]
    [InlineData(LightKind.Dense, 0, 2 * 40 * 16 + 40 + 16)]
    [InlineData(LightKind.Linear, 3, 2 * 10 * 16 + 10 + 16 + 2 * 3 * 16)]
    [InlineData(LightKind.LowRank, 3, 2 * 10 * 16 + 40 + 16 + 2 * 3 * (16 + 30))]
    public void Each_light_kind_counts_matrices_and_biases(LightKind kind, int rank, long expected)
        => Assert.Equal(expected, new FeedForwardShape(16, 40, Gated: false, InnerBias: true, OutputBias: true).Parameters(new SplitLayer(10, kind, rank)));

    [Theory]
    [InlineData(LightKind.None, 0, 3 * 10 * 16)]
    [InlineData(LightKind.LowRank, 3, 3 * 10 * 16 + 3 * 3 * (16 + 30))]
    public void A_gated_layer_has_three_matrices(LightKind kind, int rank, long expected)
        => Assert.Equal(expected, new FeedForwardShape(16, 40, Gated: true, InnerBias: false, OutputBias: false).Parameters(new SplitLayer(10, kind, rank)));

    [Fact]
    public void The_largest_within_a_budget_is_within_and_one_more_is_above()
    {
        var shape = new FeedForwardShape(384, 1536, Gated: false, InnerBias: true, OutputBias: true);
        var budget = shape.Parameters(new SplitLayer(384, LightKind.LowRank, 38));
        var kept = shape.LargestWithin(0, 1536, budget, h => new SplitLayer(h, LightKind.None, 0));
        Assert.Equal(537, kept);
        Assert.True(shape.Parameters(new SplitLayer(kept, LightKind.None, 0)) <= budget);
        Assert.True(shape.Parameters(new SplitLayer(kept + 1, LightKind.None, 0)) > budget);
    }

    // design.md's table of equal sizes for a linear light part of rank round(d / 4).
    [Theory]
    [InlineData(384, 1536, 96, 441)]
    [InlineData(768, 3072, 192, 885)]
    [InlineData(256, 1024, 64, 297)]
    public void A_linear_light_part_leaves_room_for_so_many_heavy_neurons(int d, int m, int rank, int expected)
    {
        var shape = new FeedForwardShape(d, m, Gated: false, InnerBias: true, OutputBias: true);
        var heavy = (int)Math.Round(0.25 * m, MidpointRounding.AwayFromZero);
        var light = (int)Math.Round(0.10 * Math.Min(d, m - heavy), MidpointRounding.AwayFromZero);
        var budget = shape.Parameters(new SplitLayer(heavy, LightKind.LowRank, light));
        Assert.Equal(expected, shape.LargestWithin(0, m, budget, h => new SplitLayer(h, LightKind.Linear, rank)));
    }
}
