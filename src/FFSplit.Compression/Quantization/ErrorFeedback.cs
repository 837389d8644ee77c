using System.Numerics.Tensors;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Modeling.Interpreter;
using static TorchSharp.torch;
using Tensor = TorchSharp.torch.Tensor;

namespace FFSplit.Compression.Quantization;

/// <summary>
/// Codes of a matrix chosen one input after the other, each rounding error made up for by the inputs that are still to come, so that the
/// outputs on calibration tokens change least (GPTQ, arXiv 2210.17323; inputs of much energy first, scales fixed beforehand).
/// </summary>
static class ErrorFeedback
{
    // Of the mean of the diagonal; raised tenfold where the factorisation fails.
    const double Damping = 0.01, StrongestDamping = 10;

    // By how much a block's largest value may be clipped, in steps.
    const int Clippings = 12;
    const float Clipping = 0.025f;

    /// <summary>What a matrix's inputs say about spreading errors, the same for all matrices of these inputs.</summary>
    /// <param name="Energies">Σ x² of each input.</param>
    /// <param name="Order">Inputs in the order of being rounded.</param>
    /// <param name="Factor">(in × in) in that order: row i holds, over its diagonal, how an error at input i is best spread over the inputs
    /// after it.</param>
    public sealed record Spread(double[] Energies, int[] Order, float[] Factor);

    /// <summary>Makes it; null where no damping makes the inputs' second moments definite.</summary>
    /// <param name="moments">Σ x xᵀ of the inputs, (in × in), float64.</param>
    public static Spread? Of(Tensor moments)
    {
        using var scope = NewDisposeScope();
        double[] energies = [.. moments.diagonal().contiguous().data<double>()];
        int[] order = [.. Enumerable.Range(0, energies.Length).OrderByDescending(i => energies[i])];
        return Factor(moments, order) is { } factor ? new Spread(energies, order, factor) : null;
    }

    /// <summary>The codes.</summary>
    /// <param name="values">(out × in), row-major.</param>
    /// <param name="spread">Of its inputs.</param>
    /// <param name="form">Bits and blocks.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    public static QuantizedMatrix Quantise(float[] values, Spread spread, CodeForm form, CancellationToken cancellation)
    {
        var (energies, order, factor) = spread;
        var width = order.Length;
        var rows = values.Length / width;
        var (blocks, block) = (form.ScalesOf(width), form.BlockOf(width));
        var (codes, scales) = (new sbyte[values.Length], new float[rows * blocks]);
        Parallel.For(0, rows, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = get_num_threads() }, row =>
        {
            var own = values.AsSpan(row * width, width);
            for (var b = 0; b < blocks; b++)
            {
                var (start, length) = (b * block, Math.Min(block, width - b * block));
                scales[row * blocks + b] = Scale(own.Slice(start, length), energies.AsSpan(start, length), form);
            }
            var left = new float[width];
            for (var i = 0; i < width; i++) left[i] = own[order[i]];
            for (var i = 0; i < width; i++)
            {
                var scale = scales[row * blocks + order[i] / block];
                var code = form.Code(left[i], scale);
                codes[row * width + order[i]] = (sbyte)code;
                var error = (left[i] - code * scale) / factor[i * width + i];
                var rest = left.AsSpan(i + 1);
                TensorPrimitives.MultiplyAdd(factor.AsSpan(i * width + i + 1, rest.Length), -error, rest, rest);
            }
        });
        return new QuantizedMatrix(rows, width, form, codes, scales);
    }

    // The scale whose nearest codes give the least error, each input weighted by its energy: clipping the largest value a little can
    // serve all others better.
    static float Scale(ReadOnlySpan<float> block, ReadOnlySpan<double> energies, CodeForm form)
    {
        var full = QuantizedMatrix.Scale(block, form);
        var (best, least) = (full, double.PositiveInfinity);
        for (var step = 0; step <= Clippings && full != 0; step++)
        {
            var scale = full * (1 - step * Clipping);
            var error = 0.0;
            for (var i = 0; i < block.Length; i++)
            {
                var off = block[i] - form.Code(block[i], scale) * scale;
                error += energies[i] * off * off;
            }
            if (!(error < least)) continue;
            (best, least) = (scale, error);
        }
        return best;
    }

    // The upper Cholesky factor of the inverse of the damped moments, in the given order.
    static float[]? Factor(Tensor moments, int[] order)
    {
        var rows = tensor(order.Select(i => (long)i).ToArray());
        var ordered = moments.index_select(0, rows).index_select(1, rows);
        var mean = ordered.diagonal().mean().item<double>();
        if (!(mean > 0) || !double.IsFinite(mean)) return null;
        for (var damping = Damping; damping <= StrongestDamping; damping *= 10)
        {
            var damped = ordered.Plus(eye(order.Length, dtype: ScalarType.Float64).Times(damping * mean));
            var (lower, info) = linalg.cholesky_ex(damped, check_errors: false);
            if (info.item<int>() != 0) continue;
            var (upper, failed) = linalg.cholesky_ex(lower.cholesky_inverse(), check_errors: false);
            if (failed.item<int>() != 0) continue;
            var factor = upper.t().to(ScalarType.Float32).contiguous();
            if (factor.isfinite().all().item<bool>()) return [.. factor.data<float>()];
        }
        return null;
    }
}
