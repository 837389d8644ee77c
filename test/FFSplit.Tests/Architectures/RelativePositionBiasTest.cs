using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Tests.Architectures;

public class RelativePositionBiasTest
{
    // 32 buckets: 16 a side; 0–7 exact, 8–15 logarithmic up to distance 128, ×2 in distance every 2 buckets.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(8, 8)]
    [InlineData(15, 9)]
    [InlineData(16, 10)]
    [InlineData(31, 11)]
    [InlineData(32, 12)]
    [InlineData(63, 13)]
    [InlineData(64, 14)]
    [InlineData(127, 15)]
    [InlineData(199, 15)]
    public void Earlier_keys_fall_into_these_buckets(int distance, int bucket)
    {
        const int length = 200;
        var table = new RelativePositionBias(new WeightBinding("table", [32, 2]), 32).BucketTable(length);
        Assert.Equal(bucket, table[distance * length]);
        Assert.Equal(distance == 0 ? 0 : bucket + 16, table[distance]);
    }
}
