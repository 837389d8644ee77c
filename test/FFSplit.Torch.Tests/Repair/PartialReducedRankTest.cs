using FFSplit.Compression.Repair;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Repair;

public class PartialReducedRankTest
{
    const int Tokens = 200, Free = 6, Light = 9, Outputs = 5;

    [Fact]
    public void Without_a_ridge_and_with_full_rank_it_is_least_squares()
    {
        using var scope = NewDisposeScope();
        var (h, y, equations) = Problem();
        var expected = linalg.lstsq(h, y).Solution;
        var actual = Stack(PartialReducedRank.Solve(equations, Free, Outputs, zeros([Free + Light, Outputs], ScalarType.Float64),
            zeros(Free + Light, ScalarType.Float64)));
        Assert.True((expected - actual).abs().max().item<double>() <= 1e-9);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void No_alternating_minimisation_gets_below_it(int rank)
    {
        using var scope = NewDisposeScope();
        var (h, y, equations) = Problem();
        var weights = Stack(PartialReducedRank.Solve(equations, Free, rank, zeros([Free + Light, Outputs], ScalarType.Float64),
            zeros(Free + Light, ScalarType.Float64)));
        Assert.Equal(rank, linalg.matrix_rank(weights.narrow(0, Free, Light), 1e-9).item<long>());
        var reached = (y - h.matmul(weights)).square().sum().item<double>();
        Assert.True(Math.Abs(reached / y.square().sum().item<double>() - equations.RelativeError(weights)) <= 1e-9);
        var (h1, h2) = (h.narrow(1, 0, Free), h.narrow(1, Free, Light));
        for (var start = 0; start < 3; start++)
        {
            var right = randn([rank, Outputs], ScalarType.Float64, generator: new Generator((ulong)start));
            var (best, w1) = (double.PositiveInfinity, zeros([Free, Outputs], ScalarType.Float64));
            for (var i = 0; i < 200; i++)
            {
                // Left by least squares on the residual projected on the right factor, then the right one and W₁ together.
                var projection = right.t().matmul(linalg.inv(right.matmul(right.t())));
                var left = linalg.lstsq(h2, (y - h1.matmul(w1)).matmul(projection)).Solution;
                var both = linalg.lstsq(cat([h1, h2.matmul(left)], 1), y).Solution;
                (w1, right) = (both.narrow(0, 0, Free), both.narrow(0, Free, rank));
                best = (y - h1.matmul(w1) - h2.matmul(left).matmul(right)).square().sum().item<double>();
            }
            Assert.True(reached <= best * (1 + 1e-9), $"{reached} against {best}");
        }
    }

    [Fact]
    public void A_strong_ridge_gives_the_original_weights_back()
    {
        using var scope = NewDisposeScope();
        var (_, _, equations) = Problem();
        var original = randn([Free + Light, Outputs], ScalarType.Float64, generator: new Generator(9));
        var weights = Stack(PartialReducedRank.Solve(equations, Free, Outputs, original, full([Free + Light], 1e12, ScalarType.Float64)));
        Assert.True((weights - original).abs().max().item<double>() <= 1e-6);
    }

    [Fact]
    public void Fewer_tokens_than_features_give_no_nonsense()
    {
        using var scope = NewDisposeScope();
        using var equations = new NormalEquations(Free + Light, Outputs);
        equations.Add(randn([4, Free + Light], ScalarType.Float64, generator: new Generator(1)),
            randn([4, Outputs], ScalarType.Float64, generator: new Generator(2)));
        var solution = PartialReducedRank.Solve(equations, Free, 2, zeros([Free + Light, Outputs], ScalarType.Float64),
            zeros(Free + Light, ScalarType.Float64));
        Assert.True(solution.Floored);
        Assert.True(Stack(solution).isfinite().all().item<bool>());
    }

    static Tensor Stack(PartialReducedRank.Solution solution) => cat([solution.Free, solution.Left!.matmul(solution.Right!)], 0);

    static (Tensor H, Tensor Y, NormalEquations Equations) Problem()
    {
        var h = randn([Tokens, Free + Light], ScalarType.Float64, generator: new Generator(4));
        // Correlated features, so that the free part can make up for some of the light one.
        h = h + 0.5 * h.roll(3, 1);
        var y = h.matmul(randn([Free + Light, Outputs], ScalarType.Float64, generator: new Generator(5)))
            + 0.3 * randn([Tokens, Outputs], ScalarType.Float64, generator: new Generator(6));
        var equations = new NormalEquations(Free + Light, Outputs);
        equations.Add(h.narrow(0, 0, 120), y.narrow(0, 0, 120));
        equations.Add(h.narrow(0, 120, 80), y.narrow(0, 120, 80));
        return (h, y, equations);
    }
}
