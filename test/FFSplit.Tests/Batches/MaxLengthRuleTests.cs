using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;

namespace FFSplit.Tests.Batches;

public class MaxLengthRuleTests
{
    [Theory]
    [InlineData(40, 128, 256, 512, 40)]
    [InlineData(300, 128, 256, 512, 300)]
    [InlineData(null, 128, 512, 512, 128)]
    [InlineData(null, 384, 256, 512, 384)]
    [InlineData(null, 514, 512, 512, 512)]
    [InlineData(null, null, 256, 512, 256)]
    [InlineData(null, null, 1024, 512, 512)]
    [InlineData(null, null, null, 512, 512)]
    [InlineData(null, null, 256, null, 256)]
    [InlineData(null, 128, null, null, 128)]
    [InlineData(9000, null, null, null, 9000)]
    public void The_first_that_is_known_decides(int? requested, int? maxSeqLength, int? modelMaxLength, int? positions, int expected) =>
        Assert.Equal(expected, MaxLengthRule.Choose(requested, maxSeqLength, modelMaxLength, positions));

    [Theory]
    [InlineData(0, 512)]
    [InlineData(-3, 512)]
    [InlineData(513, 512)]
    [InlineData(null, null)]
    public void What_cannot_be_is_bad_usage(int? requested, int? positions) =>
        Assert.Throws<BadUsageException>(() => MaxLengthRule.Choose(requested, null, null, positions));
}
