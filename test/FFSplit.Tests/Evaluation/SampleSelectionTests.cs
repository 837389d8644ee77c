using FFSplit.Checkpoints;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Tests.Evaluation;

public class SampleSelectionTests
{
    static Sample[] Numbered(int count) => [.. Enumerable.Range(0, count).Select(i => new Sample($"{i}"))];

    // def sm(s):
    //   while True:
    //     s=(s+0x9E3779B97F4A7C15)%2**64; z=s; z=(z^z>>30)*0xBF58476D1CE4E5B9%2**64; z=(z^z>>27)*0x94D049BB133111EB%2**64; yield z^z>>31
    // g=sm(1234567); [next(g) for _ in range(3)]
    [Fact]
    public void Random_bits_are_those_of_SplitMix64()
    {
        var random = new SeededRandom(1234567);
        ulong[] bits = [random.NextBits(), random.NextBits(), random.NextBits()];
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL], bits);
    }

    // g=sm(7); a=list(range(10))
    // for i in range(9,0,-1): j=next(g)%(i+1); a[i],a[j]=a[j],a[i]
    [Fact]
    public void A_seed_means_the_same_order_for_ever() =>
        Assert.Equal("8 1 5 9 0 4 3 2 6 7", string.Join(' ', SampleSelection.Choose(Numbered(10), null, 7).Select(s => s.Text)));

    [Fact]
    public void Choosing_keeps_every_sample_once_and_follows_the_seed()
    {
        var all = Numbered(200);
        var chosen = SampleSelection.Choose(all, null, 1);
        Assert.Equal(all.Order(Comparer<Sample>.Create((a, b) => string.CompareOrdinal(a.Text, b.Text))),
            chosen.Order(Comparer<Sample>.Create((a, b) => string.CompareOrdinal(a.Text, b.Text))));
        Assert.Equal(chosen.Take(50), SampleSelection.Choose(all, 50, 1));
        Assert.NotEqual(chosen, SampleSelection.Choose(all, null, 2));
        Assert.Equal(200, SampleSelection.Choose(all, 1000, 1).Count);
        Assert.Throws<BadUsageException>(() => SampleSelection.Choose(all, 0, 1));
    }

    [Fact]
    public void Repetitions_go_before_the_shuffle_and_the_first_stays()
    {
        Sample[] samples = [new("b"), new("a"), new("b"), new("a", "x"), new("B"), new("a")];
        Assert.Equal([new("b"), new("a"), new("a", "x"), new("B")], SampleSelection.Distinct(samples));
        var applied = SampleSelection.Apply(samples, new DataOptions { Path = "x", Distinct = true, Seed = 5 });
        Assert.Equal(SampleSelection.Choose(SampleSelection.Distinct(samples), null, 5), applied);
    }

    [Fact]
    public void Without_shuffle_the_first_are_taken()
    {
        var options = new DataOptions { Path = "x", Shuffle = false, MaxSamples = 3 };
        Assert.Equal(["0", "1", "2"], SampleSelection.Apply(Numbered(9), options).Select(s => s.Text));
    }

    [Fact]
    public void Every_number_below_a_bound_is_about_as_likely()
    {
        var random = new SeededRandom(3);
        var counts = new int[7];
        for (var i = 0; i < 70_000; i++) counts[random.NextBelow(7)]++;
        Assert.All(counts, c => Assert.InRange(c, 9_600, 10_400));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextBelow(0));
    }
}
