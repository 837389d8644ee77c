using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Training;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

public class AdamWTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void It_agrees_with_the_formulas_in_float64(double clip)
    {
        // 70,001 elements: more than one piece, and a rest that no vector holds.
        const int count = 70_001;
        const double rate = 0.01, decay = 0.1;
        var random = new Random(1);
        float[] start = [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
        using var matrix = Leaf(tensor(start, count, 1));
        using var vector = Leaf(tensor(start));
        using var optimizer = new AdamW([new(new("w", [count, 1]), matrix, true), new(new("b", [count]), vector, false)], decay);
        double[] w = [.. start.Select(v => (double)v)], b = [.. w], m = new double[count], v = new double[count];
        for (var step = 1; step <= 3; step++)
        {
            float[] gradient = [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5) / 100)];
            foreach (var parameter in new[] { matrix, vector })
                using (NewDisposeScope()) (parameter * tensor(gradient).view(parameter.shape)).sum().backward();
            var norm = Math.Sqrt(2 * gradient.Sum(g => (double)g * g));
            Assert.Equal(norm, optimizer.Step(rate, clip), norm * 1e-9);
            var scale = clip > 0 ? Math.Min(1, clip / norm) : 1;
            for (var i = 0; i < count; i++)
            {
                var g = gradient[i] * scale;
                m[i] = 0.9 * m[i] + 0.1 * g;
                v[i] = 0.999 * v[i] + 0.001 * g * g;
                var move = rate * (m[i] / (1 - Math.Pow(0.9, step))) / (Math.Sqrt(v[i] / (1 - Math.Pow(0.999, step))) + 1e-8);
                w[i] = w[i] * (1 - rate * decay) - move;
                b[i] -= move;
            }
        }
        AssertNear(w, matrix);
        AssertNear(b, vector);
    }

    [Fact]
    public void Matrices_and_tables_decay_norms_and_biases_do_not()
    {
        using var run = new TinyRun();
        Assert.Contains(run.Weights.Parameters, p => p.Decays);
        foreach (var parameter in run.Weights.Parameters)
            Assert.Equal(!parameter.Name.EndsWith(".bias", StringComparison.Ordinal)
                && !parameter.Name.Contains("LayerNorm", StringComparison.Ordinal), parameter.Decays);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_changes_nothing()
    {
        using var value = Leaf(ones(3));
        using var optimizer = new AdamW([new Parameter(new WeightBinding("w", [3]), value, true)], 0.1);
        using (NewDisposeScope()) (value * tensor(new[] { 1f, float.NaN, 1f })).sum().backward();
        Assert.False(double.IsFinite(optimizer.Step(0.1, 1)));
        Assert.Equal([1f, 1f, 1f], value.detach().data<float>().ToArray());
        Assert.Equal(0, optimizer.Steps);
        Assert.Null(value.grad);
    }

    static Tensor Leaf(Tensor tensor)
    {
        tensor.requires_grad = true;
        return tensor;
    }

    static void AssertNear(double[] expected, Tensor actual)
    {
        var values = actual.detach().data<float>().ToArray();
        for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - values[i]) <= 2e-6,
            $"{i}: {values[i]} instead of {expected[i]}");
    }
}
