using FFSplit.Modeling.Training.Data;

namespace FFSplit.Torch.Tests.Training;

public class BatchPlanTest
{
    static readonly int[] Lengths = [.. Enumerable.Range(0, 1003).Select(i => 3 + i * 7919 % 60)];

    [Fact]
    public void An_epoch_sees_every_example_once_in_batches_of_like_lengths()
    {
        var batches = BatchPlan.Epoch(Lengths, 8, seed: 1, epoch: 0);
        Assert.Equal(Enumerable.Range(0, Lengths.Length), batches.SelectMany(b => b).Order());
        Assert.Equal(126, batches.Length);
        Assert.True(batches.Sum(b => b.Max(i => Lengths[i]) * b.Length) < 1.08 * Lengths.Sum(), "too much padding");
        // Short and long ones take turns.
        Assert.True(batches.Take(20).Max(b => Lengths[b[0]]) - batches.Take(20).Min(b => Lengths[b[0]]) > 30);
    }

    [Fact]
    public void Seed_and_epoch_decide_the_order()
    {
        static string Text(int seed, int epoch) => string.Join(';', BatchPlan.Epoch(Lengths, 8, seed, epoch)
            .Select(b => string.Join(',', b)));
        Assert.Equal(Text(1, 0), Text(1, 0));
        Assert.NotEqual(Text(1, 0), Text(1, 1));
        Assert.NotEqual(Text(1, 0), Text(2, 0));
    }
}
