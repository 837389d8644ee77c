using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Interpreter;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

public class DropoutSourceTest
{
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    public void It_drops_the_part_asked_for_and_keeps_the_mean(double probability)
    {
        using var scope = NewDisposeScope();
        // Not a multiple of any vector's length.
        var values = new DropoutSource(new Dropouts(), 7).Drop(ones(1_000_003), probability).data<float>().ToArray();
        Assert.Equal(probability, values.Count(v => v == 0) / (double)values.Length, 0.002);
        Assert.All(values.Distinct(), v => Assert.True(v == 0 || v == (float)(1 / (1 - probability))));
        // Neighbours at distances that hidden sizes and vectors have know nothing of each other.
        foreach (var distance in (int[])[1, 2, 8, 16, 64, 384, 768])
        {
            var both = Enumerable.Range(0, values.Length - distance).Count(i => values[i] == 0
                && values[i + distance] == 0) / (double)(values.Length - distance);
            Assert.Equal(probability * probability, both, 0.002);
        }
    }

    [Fact]
    public void Every_call_draws_anew_and_every_seed_otherwise()
    {
        using var scope = NewDisposeScope();
        var (a, b, c) = (new DropoutSource(new Dropouts(), 1), new DropoutSource(new Dropouts(), 1), new DropoutSource(new Dropouts(), 2));
        float[] Draw(DropoutSource source) => source.Drop(ones(1000), 0.3).data<float>().ToArray();
        var first = Draw(a);
        Assert.Equal(first, Draw(b));
        Assert.NotEqual(first, Draw(c));
        Assert.NotEqual(first, Draw(a));
    }

    [Fact]
    public void Nothing_is_dropped_where_a_family_has_no_place_for_it()
    {
        using var x = ones(3);
        Assert.Same(x, new DropoutSource(new Dropouts(), 1).Drop(x, null));
        Assert.Equal(new Dropouts { Attention = 0.4 }, new Dropouts { Attention = 0.1 }.With(0.4));
    }
}
