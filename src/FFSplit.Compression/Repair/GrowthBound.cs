using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>
/// Keeps a fit from moving the weights of one output much further than those of the others. Some models hold a few output dimensions of
/// enormous size; a fit that may do anything there piles up weights a hundred times as large as they were, which is right on the tokens at
/// hand but magnifies every small change of what comes before, so that the first steps of a fine-tuning destroy the model.
/// </summary>
static class GrowthBound
{
    /// <summary>Shortens the correction of each output that is too long, and sets the intercept anew.</summary>
    /// <param name="solution">A fit; replaced parts are disposed of with it.</param>
    /// <param name="equations">That it was made from.</param>
    /// <param name="original">The weights that the correction counts from, (features × d).</param>
    /// <param name="intercept">The feature that is 1 on every token; null where there is none.</param>
    /// <param name="size">Length of each output's weights in the dense FFN, (d): corrections are measured in it.</param>
    /// <param name="most">Longest correction, as a multiple of the median output's.</param>
    public static PartialReducedRank.Solution Apply(PartialReducedRank.Solution solution, NormalEquations equations, Tensor original,
        int? intercept, Tensor size, double most)
    {
        using var scope = NewDisposeScope();
        var free = solution.Free.shape[0];
        var change = solution.Free - original.narrow(0, 0, free);
        Tensor? start = null, turn = null;
        if (solution.Left is { } left)
        {
            // What the directions of the fit can say of the original weights.
            var gram = left.t().matmul(left);
            gram.diagonal().add_(1e-8 * gram.diagonal().mean());
            start = new SymmetricSolver(gram).Solve(left.t().matmul(original.narrow(0, free, left.shape[0])));
            turn = solution.Right! - start;
        }
        // The intercept is not a weight of anything that can change.
        if (intercept is { } bias) change[bias].zero_();
        var length = change.square().sum([0L]);
        if (turn is not null) length += solution.Left!.matmul(turn).square().sum([0L]);
        var relative = length.sqrt() / size.clamp_min(double.Epsilon);
        var share = (most * relative.median() / relative.clamp_min(double.Epsilon)).clamp_max(1);
        var weights = original.narrow(0, 0, free) + share * change;
        var right = turn is null ? null : start! + share * turn;
        if (intercept is { } constant)
        {
            // Least squares in the one unknown that is left: the mean of what is missing.
            weights[constant].zero_();
            var row = equations.Gram[constant];
            var rest = row.narrow(0, 0, free).matmul(weights);
            if (right is not null) rest += row.narrow(0, free, row.shape[0] - free).matmul(solution.Left!).matmul(right);
            weights[constant] = (equations.Cross[constant] - rest) / row[constant];
        }
        return new PartialReducedRank.Solution(weights.MoveToOuterDisposeScope(),
            solution.Left?.clone().MoveToOuterDisposeScope(), right?.MoveToOuterDisposeScope(), solution.Floored);
    }
}
