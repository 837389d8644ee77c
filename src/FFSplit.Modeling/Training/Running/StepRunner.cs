using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training.Data;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Running;

/// <summary>Does one step: forward and backward passes of its batches, then the optimizer.</summary>
sealed class StepRunner(TrainingSetup setup, TrainingOptions options, AdamW optimizer)
{
    readonly Dropouts _dropouts = options.Dropout is { } p ? setup.Architecture.Dropouts.With(p) : setup.Architecture.Dropouts;

    /// <summary>Takes a step; each batch weighs by the outputs that count in it.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="groups">Examples of each forward pass.</param>
    /// <param name="learningRate">Of this step.</param>
    /// <param name="cancellation">Leaves the weights as they were.</param>
    /// <returns>Mean loss, the gradient's norm, real tokens.</returns>
    /// <exception cref="NonFiniteException">Loss or gradient is not finite; the weights are as they were.</exception>
    public (double Loss, double Norm, long Tokens) Take(int step, IReadOnlyList<Example[]> groups, double learningRate,
        CancellationToken cancellation)
    {
        var batches = groups.Select((g, i) => setup.Objective.Batch(g, Seeds.Of(options.Seed, Seeds.Mask, Number(step, i)))).ToArray();
        var outputs = batches.Sum(b => (long)b.Count);
        var loss = 0.0;
        try
        {
            for (var i = 0; i < batches.Length; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (batches[i].Count == 0) continue;
                var seed = Seeds.Of(options.Seed, Seeds.Dropout, Number(step, i));
                loss += Learn(batches[i], outputs, seed);
                if (!double.IsFinite(loss))
                    throw new NonFiniteException(step + 1, NonFiniteSearch.FindInForward(setup.Architecture, setup.Weights,
                        setup.Objective, batches[i], new DropoutSource(_dropouts, seed)));
            }
        }
        catch
        {
            optimizer.DropGradients();
            setup.Weights.Changed();
            throw;
        }
        var norm = outputs == 0 ? 0 : Move(step, learningRate);
        return (loss, norm, batches.Sum(b => b.Batch.TokenCount));
    }

    // Batches of one step have dropout and masks of their own.
    long Number(int step, int batch) => (long)step * options.Accumulate + batch;

    double Learn(TaskBatch batch, long outputsOfStep, long seed)
    {
        using var scope = NewDisposeScope();
        var teacher = setup.Teacher;
        using var pass = ModelPass.Run(setup.Architecture, setup.Weights, batch.Batch, new DropoutSource(_dropouts, seed),
            teacher?.NeedsBlocks ?? false);
        var outputs = setup.Objective.Outputs(pass, batch);
        Tensor loss;
        if (teacher is null) loss = setup.Objective.Loss(outputs, batch);
        else
        {
            loss = teacher.Loss(pass, outputs, batch);
            if (teacher.TaskWeight > 0) loss = loss.Plus(setup.Objective.Loss(outputs, batch).Times(teacher.TaskWeight));
        }
        loss = loss.Over(outputsOfStep);
        var value = loss.item<float>();
        if (float.IsFinite(value)) loss.backward();
        return value;
    }

    double Move(int step, double learningRate)
    {
        string? place = null;
        var norm = optimizer.Step(learningRate, options.ClipNorm, parameters => place = NonFiniteSearch.FindInGradients(parameters));
        setup.Weights.Changed();
        return double.IsFinite(norm) ? norm : throw new NonFiniteException(step + 1, place ?? "the gradient's norm");
    }
}
