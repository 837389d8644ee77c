using FFSplit.Evaluation.Metrics;

namespace FFSplit.Tests.Evaluation;

/// <summary>Recorded from SciPy 1.17.1, NumPy 2.4.6:
/// <code>
/// x=[0.91,0.12,0.55,0.55,-0.3,0.7,0.12,0.99,0.05,0.55]; y=[4.8,1.0,2.5,3.0,0.0,3.75,1.0,5.0,0.2,2.5]
/// z=[3.0,1e-3,-2.5,1e6,7.25,7.25,-1e3]; w=[-1.5,2.0,2.0,0.25,-8.0,1e-4,3.5]
/// scipy.stats.spearmanr(x,y).statistic; scipy.stats.pearsonr(x,y).statistic; scipy.stats.rankdata(x)
/// scipy.stats.pearsonr(1e8+numpy.array([1.,2,3,4]),[2.,1,4,3]).statistic
/// 1-scipy.spatial.distance.cosine([0.25,-1.5,3,0.125],[1,2,0.5,-0.75])
/// lp=numpy.array([-0.5,-2.25,-7.125,-0.0625]); numpy.exp(-lp.mean()), -lp.mean()
/// </code></summary>
public class MetricsTests
{
    static readonly double[] s_x = [0.91, 0.12, 0.55, 0.55, -0.3, 0.7, 0.12, 0.99, 0.05, 0.55];
    static readonly double[] s_y = [4.8, 1.0, 2.5, 3.0, 0.0, 3.75, 1.0, 5.0, 0.2, 2.5];
    static readonly double[] s_z = [3.0, 1e-3, -2.5, 1e6, 7.25, 7.25, -1e3];
    static readonly double[] s_w = [-1.5, 2.0, 2.0, 0.25, -8.0, 1e-4, 3.5];

    static void Near(double expected, double actual) => Assert.True(Math.Abs(expected - actual) <= 1e-14 * Math.Max(1, Math.Abs(expected)));

    [Fact]
    public void Spearman_is_SciPys_with_ties()
    {
        Near(0.99075480923614, Spearman.Correlation(s_x, s_y));
        Near(-0.7090909090909091, Spearman.Correlation(s_z, s_w));
    }

    [Fact]
    public void Pearson_is_SciPys()
    {
        Near(0.9755481742166826, Pearson.Correlation(s_x, s_y));
        Near(0.057739016807448175, Pearson.Correlation(s_z, s_w));
        Near(0.6, Pearson.Correlation([1e8 + 1, 1e8 + 2, 1e8 + 3, 1e8 + 4], [2, 1, 4, 3]));
    }

    [Fact]
    public void Equal_values_share_their_mean_rank()
    {
        Assert.Equal([9, 3.5, 6, 6, 1, 8, 3.5, 10, 2, 6], Ranks.Average(s_x));
        Assert.Equal([4, 3, 2, 7, 5.5, 5.5, 1], Ranks.Average(s_z));
        Assert.Empty(Ranks.Average([]));
    }

    [Fact]
    public void Cosine_is_SciPys()
    {
        Near(-0.16559910223856078, Cosine.Similarity([0.25f, -1.5f, 3, 0.125f], [1, 2, 0.5f, -0.75f]));
        Near(1, Cosine.Similarity([1e30f, 2e30f], [1e-30f, 2e-30f]));
    }

    [Fact]
    public void Perplexity_is_the_exponential_of_the_mean()
    {
        var sum = new PerplexitySum();
        sum.Add([-0.5f, -2.25f]);
        sum.Add([]);
        sum.Add([-7.125f, -0.0625f]);
        Near(11.993621898152476, sum.Perplexity);
        Near(2.484375, sum.MeanNll);
        Assert.Equal(4, sum.Count);
    }

    [Fact]
    public void Perplexity_adds_in_float64()
    {
        var sum = new PerplexitySum();
        sum.Add([-16_777_216f]);
        for (var i = 0; i < 9; i++) sum.Add([-1f]);
        Assert.Equal(1_677_722.5, sum.MeanNll);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_value_that_is_not_finite_makes_the_metric_NaN(double bad)
    {
        Assert.Equal(double.NaN, Spearman.Correlation([1, 2, bad], [1, 2, 3]));
        Assert.Equal(double.NaN, Spearman.Correlation([1, 2, 3], [bad, 2, 3]));
        Assert.Equal(double.NaN, Pearson.Correlation([1, 2, bad], [1, 2, 3]));
        Assert.Equal(double.NaN, Pearson.Correlation([1, 2, 3], [1, bad, 3]));
        Assert.Equal(double.NaN, Cosine.Similarity([1, (float)bad], [1, 2]));
        var sum = new PerplexitySum();
        sum.Add([-1f, (float)bad, -1f]);
        sum.Add([-1f]);
        Assert.Equal(double.NaN, sum.Perplexity);
    }

    [Fact]
    public void What_is_undefined_is_NaN()
    {
        Assert.Equal(double.NaN, Spearman.Correlation([1], [1]));
        Assert.Equal(double.NaN, Pearson.Correlation([], []));
        Assert.Equal(double.NaN, Spearman.Correlation([2, 2, 2], [1, 2, 3]));
        Assert.Equal(double.NaN, Pearson.Correlation([1, 2, 3], [4, 4, 4]));
        Assert.Equal(double.NaN, Cosine.Similarity([0, 0], [1, 2]));
        Assert.Equal(double.NaN, new PerplexitySum().Perplexity);
        Assert.Throws<ArgumentException>(() => Spearman.Correlation([1, 2], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Cosine.Similarity([1, 2], [1]));
    }
}
