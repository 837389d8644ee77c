using FFSplit.Compression.Repair;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Repair;

public class GrowthBoundTest
{
    // Feature 0 is the intercept.
    const int Tokens = 300, Free = 6, Light = 9, Outputs = 8, Outlier = 3;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Only_an_output_that_runs_away_is_held_back_and_the_intercept_is_best_for_what_is_left(int rank)
    {
        using var scope = NewDisposeScope();
        var (h, y, original, size, equations, solution) = Problem(rank);
        var bounded = GrowthBound.Apply(solution, equations, original, 0, size, most: 4);
        var (before, after) = (Stack(solution), Stack(bounded));
        // What a correction is counted from: the original, as far as the fit's directions can say it.
        var start = original.clone();
        if (rank > 0)
        {
            var light = original.narrow(0, Free, Light);
            start.narrow(0, Free, Light).copy_(solution.Left!.matmul(linalg.lstsq(solution.Left, light).Solution));
        }
        var (free, held) = (Lengths(before), Lengths(after));
        Assert.True(free[Outlier] > 50 * free.Where((_, k) => k != Outlier).Max());
        Assert.Equal(4 * Median(free), held[Outlier], 1e-6 * held[Outlier]);
        foreach (var k in Enumerable.Range(0, Outputs).Where(k => k != Outlier))
            Assert.True((before - after).select(1, k).abs().max().item<double>() <= 1e-6, $"output {k}");
        Assert.True((y - h.matmul(after)).mean([0L]).abs().max().item<double>() <= 1e-8);

        double[] Lengths(Tensor weights) => ((weights - start).narrow(0, 1, weights.shape[0] - 1).square().sum([0L]).sqrt() / size).data<double>().ToArray();
    }

    [Fact]
    public void A_fit_within_the_bound_stays_as_it_is()
    {
        using var scope = NewDisposeScope();
        var (_, _, original, size, equations, solution) = Problem(rank: 3);
        var same = GrowthBound.Apply(solution, equations, original, 0, size, most: 1e9);
        Assert.True((Stack(solution) - Stack(same)).abs().max().item<double>() <= 1e-6);
    }

    static double Median(double[] values) => values.Order().ElementAt((values.Length - 1) / 2);

    static Tensor Stack(PartialReducedRank.Solution solution)
        => solution.Left is null ? solution.Free : cat([solution.Free, solution.Left.matmul(solution.Right!)], 0);

    static (Tensor H, Tensor Y, Tensor Original, Tensor Size, NormalEquations Equations, PartialReducedRank.Solution Solution) Problem(int rank)
    {
        var random = new Generator(5);
        var features = Free + (rank > 0 ? Light : 0);
        var h = randn([Tokens, features], ScalarType.Float64, generator: random);
        h.narrow(1, 0, 1).fill_(1);
        var original = randn([features, Outputs], ScalarType.Float64, generator: random);
        var y = h.matmul(original) + 0.3 * randn([Tokens, Outputs], ScalarType.Float64, generator: random) + 2;
        y.narrow(1, Outlier, 1).add_(100 * h.narrow(1, 2, 1));
        var equations = new NormalEquations(features, Outputs);
        equations.Add(h, y);
        var ridge = full([features], 1e-3, ScalarType.Float64);
        ridge.narrow(0, 0, 1).zero_();
        var solution = PartialReducedRank.Solve(equations, Free, rank, original, ridge);
        return (h, y, original, original.square().sum([0L]).sqrt(), equations, solution);
    }
}
