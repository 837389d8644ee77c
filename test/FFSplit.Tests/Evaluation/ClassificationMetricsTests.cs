using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

/// <summary>Recorded from scikit-learn 1.9.0, SciPy 1.17.1, NumPy 2.4.6:
/// <code>
/// t=[0,1,1,0,1,1,0,0,1,1,0,1]; p=[0,1,0,0,1,1,1,0,1,1,1,1]
/// t3=[0,1,2,0,1,2,2,1,0,0,2,1,1]; p3=[0,2,2,0,0,2,1,1,1,0,2,1,0]; p4=p3 with a 3 at position 6
/// m.accuracy_score(t,p), m.f1_score(t,p), m.matthews_corrcoef(t,p), m.f1_score(t,p,average='macro')
/// numpy.quantile([-3,-1.5,0.25,0.5,2,8,9.5],[0.025,0.5,0.975])
/// a,b=numpy.float32([1.5,-2,0.25,3]).astype(float),numpy.float32([0.5,-1,0.125,3.5]).astype(float)
/// scipy.stats.entropy(softmax(a),softmax(b)); log_softmax(a)
/// X,Y=numpy.repeat(x,c),numpy.repeat(y,c); scipy.stats.spearmanr(X,Y).statistic; scipy.stats.pearsonr(X,Y).statistic
/// i=numpy.arange(200); r1=(i*7%10&lt;8).astype(int); r2=(i*3%20&lt;14).astype(int)
/// scipy.stats.bootstrap((r1,r2),lambda a,b,axis=-1:100*(a.mean(axis=axis)-b.mean(axis=axis)),paired=True,method='percentile',
///   n_resamples=200000,random_state=0).confidence_interval
/// </code></summary>
public class ClassificationMetricsTests
{
    static readonly int[] s_t = [0, 1, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1];
    static readonly int[] s_p = [0, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1];
    static readonly int[] s_t3 = [0, 1, 2, 0, 1, 2, 2, 1, 0, 0, 2, 1, 1];
    static readonly int[] s_p3 = [0, 2, 2, 0, 0, 2, 1, 1, 1, 0, 2, 1, 0];
    static readonly int[] s_p4 = [0, 2, 2, 0, 0, 2, 3, 1, 1, 0, 2, 1, 0];

    static void Near(double expected, double actual, double tolerance = 1e-14) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance, $"{expected} against {actual}");

    [Fact]
    public void Two_labels_are_scikit_learns()
    {
        var confusion = new Confusion(s_t, s_p, 2);
        Near(0.75, Accuracy.Of(confusion));
        Near(0.8, F1.Of(confusion, 1));
        Near(0.47809144373375745, Matthews.Of(confusion));
        Near(0.7333333333333334, MacroF1.Of(confusion));
        Near(80, ClassificationMetrics.Of("f1", confusion), 1e-12);
    }

    [Fact]
    public void Three_labels_are_scikit_learns()
    {
        var confusion = new Confusion(s_t3, s_p3, 3);
        Near(0.6153846153846154, Accuracy.Of(confusion));
        Near(0.42857142857142855, Matthews.Of(confusion));
        Near(0.6203703703703703, MacroF1.Of(confusion));
    }

    [Fact]
    public void A_label_that_is_only_answered_counts_in_the_macro_mean_and_one_that_never_occurs_does_not()
    {
        Near(0.47916666666666663, MacroF1.Of(new Confusion(s_t3, s_p4, 4)));
        Near(0.4610264629234839, Matthews.Of(new Confusion(s_t3, s_p4, 4)));
        Near(0.6203703703703703, MacroF1.Of(new Confusion(s_t3, s_p3, 7)));
    }

    [Fact]
    public void A_constant_answer_has_the_values_that_scikit_learn_gives_it()
    {
        int[] ones = [.. s_t.Select(_ => 1)], zeros = [.. s_t.Select(_ => 0)];
        Assert.Equal(0, Matthews.Of(new Confusion(s_t, ones, 2)));
        Near(0.7368421052631579, F1.Of(new Confusion(s_t, ones, 2), 1));
        Assert.Equal(0, F1.Of(new Confusion(s_t, zeros, 2), 1));
        Near(0.29411764705882354, MacroF1.Of(new Confusion(s_t, zeros, 2)));
    }

    [Fact]
    public void No_samples_have_no_metric()
    {
        var none = new Confusion([], [], 2);
        Assert.Equal(double.NaN, Accuracy.Of(none));
        Assert.Equal(double.NaN, Matthews.Of(none));
        Assert.Equal(double.NaN, MacroF1.Of(none));
        Assert.Throws<ArgumentException>(() => new Confusion([1], [], 2));
        Assert.Throws<ArgumentException>(() => new Confusion([1, 0], [1, 0], 2, [1]));
    }

    [Fact]
    public void A_count_repeats_a_sample()
    {
        int[] counts = [2, 0, 1, 3, 1, 0, 1, 1, 0, 2, 1, 0];
        int[] drawn = [.. counts.SelectMany((c, i) => Enumerable.Repeat(i, c))];
        var repeated = new Confusion([.. drawn.Select(i => s_t[i])], [.. drawn.Select(i => s_p[i])], 2);
        var counted = new Confusion(s_t, s_p, 2, counts);
        Assert.Equal(repeated.Total, counted.Total);
        Assert.Equal(Matthews.Of(repeated), Matthews.Of(counted));
    }

    [Fact]
    public void Correlations_of_a_resample_are_SciPys_of_the_repeated_pairs()
    {
        double[] x = [0.91, 0.12, 0.55, 0.55, -0.3, 0.7, 0.12, 0.99, 0.05, 0.55], y = [4.8, 1.0, 2.5, 3.0, 0.0, 3.75, 1.0, 5.0, 0.2, 2.5];
        var correlations = new Correlations(x, y);
        int[] counts = [2, 0, 1, 3, 1, 0, 1, 1, 0, 2], ones = [.. x.Select(_ => 1)];
        Near(0.9338297032606871, correlations.Spearman(counts));
        Near(0.9732599449015938, correlations.Pearson(counts));
        Near(Spearman.Correlation(x, y), correlations.Spearman(ones));
        Near(Pearson.Correlation(x, y), correlations.Pearson(ones));
        Assert.Equal(double.NaN, new Correlations([1, 2, double.NaN], [1, 2, 3]).Spearman([1, 1, 0]));
    }

    [Fact]
    public void Divergence_is_SciPys_entropy()
    {
        var logP = Divergence.LogProbabilities([1.5f, -2, 0.25f, 3]);
        Near(-1.7575805084953793, logP[0], 1e-6);
        Near(-0.2575805084953792, logP[3], 1e-6);
        Near(0.12024855207902799, Divergence.KullbackLeibler(logP, [0.5f, -1, 0.125f, 3.5f]), 1e-7);
        Near(0, Divergence.KullbackLeibler(logP, [1.5f, -2, 0.25f, 3]), 1e-7);
        Near(0, Divergence.KullbackLeibler(Divergence.LogProbabilities([1000, 0]), [2000, 0]));
        Assert.Equal(double.NaN, Divergence.KullbackLeibler(logP, [0, float.NaN, 0, 0]));
        Assert.Equal((2, 0, -1, -1), (Divergence.Largest([1, -3, 4, 4]), Divergence.Largest([7]), Divergence.Largest([1, float.NaN]), Divergence.Largest([])));
    }

    [Fact]
    public void Quantiles_are_NumPys()
    {
        double[] sorted = [-3, -1.5, 0.25, 0.5, 2, 8, 9.5];
        Near(-2.775, Quantile.OfSorted(sorted, 0.025));
        Near(0.5, Quantile.OfSorted(sorted, 0.5));
        Near(9.274999999999999, Quantile.OfSorted(sorted, 0.975), 1e-14);
        Assert.Equal(double.NaN, Quantile.OfSorted([], 0.5));
    }

    [Fact]
    public void Bits_per_byte_is_the_likelihood_in_bits_over_the_bytes()
    {
        Near(2, BitsPerByte.Of(16 * Math.Log(2), 8));
        Assert.Equal(double.NaN, BitsPerByte.Of(1, 0));
    }

    [Fact]
    public void The_interval_is_SciPys_but_for_the_luck_of_the_draw()
    {
        int[] first = [.. Enumerable.Range(0, 200).Select(i => i * 7 % 10 < 8 ? 1 : 0)], later = [.. Enumerable.Range(0, 200).Select(i => i * 3 % 20 < 14 ? 1 : 0)];
        double Difference(ReadOnlySpan<int> counts)
        {
            var sum = 0;
            for (var i = 0; i < counts.Length; i++) sum += counts[i] * (first[i] - later[i]);
            return 100.0 * sum / 200;
        }
        var interval = PairedBootstrap.Interval(Difference, 200, new BootstrapOptions(), TestContext.Current.CancellationToken);
        // The statistic moves in steps of 0.5.
        Near(0.5, interval.Low, 0.5);
        Near(19.5, interval.High, 0.5);
        Assert.Equal((10_000, 0.95, 0), (interval.Resamples, interval.Level, interval.Seed));
        Assert.Equal(interval, PairedBootstrap.Interval(Difference, 200, new BootstrapOptions(), TestContext.Current.CancellationToken));
        Assert.NotEqual(PairedBootstrap.Interval(Difference, 200, new BootstrapOptions { Resamples = 999, Seed = 1 }, TestContext.Current.CancellationToken),
            PairedBootstrap.Interval(Difference, 200, new BootstrapOptions { Resamples = 999 }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Where_no_difference_can_be_computed_there_is_no_interval()
    {
        var cancel = TestContext.Current.CancellationToken;
        var options = new BootstrapOptions { Resamples = 200 };
        Assert.Equal((double.NaN, 0), PairedBootstrap.Interval(_ => double.NaN, 10, options, cancel) is var a ? (a.Low, a.Resamples) : default);
        Assert.Equal(double.NaN, PairedBootstrap.Interval(_ => 1, 0, options, cancel).High);
        // Undefined on every draw but the data itself.
        var none = PairedBootstrap.Interval(counts => counts.Contains(0) ? double.NaN : 1, 10, options, cancel);
        Assert.False(none.ExcludesZero);
        Assert.Equal(double.NaN, none.Low);
        Assert.True(new BootstrapInterval(0.1, 2, 0.95, 1, 0).ExcludesZero && new BootstrapInterval(-2, -0.1, 0.95, 1, 0).ExcludesZero);
        Assert.False(new BootstrapInterval(-0.1, 2, 0.95, 1, 0).ExcludesZero);
    }
}
