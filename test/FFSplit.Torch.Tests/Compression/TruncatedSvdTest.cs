using FFSplit.Compression.LowRank;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Compression;

public class TruncatedSvdTest
{
    [Theory]
    [InlineData(12, 30, 4)]
    [InlineData(30, 12, 4)]
    [InlineData(20, 20, 20)]
    [InlineData(9, 40, 1)]
    public void The_product_is_the_best_approximation_at_its_rank(int rows, int columns, int rank)
    {
        using var scope = NewDisposeScope();
        var matrix = rand(rows, columns, dtype: ScalarType.Float64, generator: new Generator(7)) - 0.4;
        var (first, second, error) = TruncatedSvd.Factor(matrix, rank);
        Assert.Equal([rank, columns], first.shape);
        Assert.Equal([rows, rank], second.shape);
        // The tail of the singular values, from libtorch's own decomposition.
        var energies = linalg.svdvals(matrix).square();
        var tail = (energies.narrow(0, rank, energies.shape[0] - rank).sum() / energies.sum()).item<double>();
        var lost = ((matrix - second.matmul(first)).square().sum() / matrix.square().sum()).item<double>();
        Assert.True(Math.Abs(lost - tail) <= 1e-12, $"{lost} against {tail}");
        Assert.True(Math.Abs(error - tail) <= 1e-12, $"{error} against {tail}");
    }

    [Fact]
    public void Each_factor_gets_the_square_root_of_the_singular_values()
    {
        using var scope = NewDisposeScope();
        var matrix = rand(10, 25, dtype: ScalarType.Float64, generator: new Generator(1)) - 0.5;
        var (first, second, _) = TruncatedSvd.Factor(matrix, 3);
        var values = linalg.svdvals(matrix).narrow(0, 0, 3);
        Assert.True((first.square().sum(1) - values).abs().max().item<double>() <= 1e-12);
        Assert.True((second.square().sum([0L]) - values).abs().max().item<double>() <= 1e-12);
    }

    [Fact]
    public void A_matrix_of_lower_rank_leaves_no_noise()
    {
        using var scope = NewDisposeScope();
        var column = rand(8, 1, dtype: ScalarType.Float64, generator: new Generator(2));
        var matrix = column.matmul(column.t());
        var (first, second, error) = TruncatedSvd.Factor(matrix, 5);
        Assert.True((second.matmul(first) - matrix).abs().max().item<double>() <= 1e-12);
        Assert.True(second.isfinite().all().item<bool>() && first.isfinite().all().item<bool>());
        Assert.True(error <= 1e-12);
    }
}
