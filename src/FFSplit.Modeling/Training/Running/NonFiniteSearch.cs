using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Objectives;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Running;

/// <summary>A run that came to a number that is none.</summary>
public sealed class NonFiniteException(int step, string place) : BadInputException(
    string.Create(CultureInfo.InvariantCulture, $"step {step}, {place}"), "finite numbers", "NaN or infinity",
    "Begin again with --restart and a smaller --learning-rate, a --clip, or --compute float32.")
{
    /// <summary>The step, counted from 1.</summary>
    public int Step { get; } = step;

    /// <summary>The first part of the model whose output is not finite.</summary>
    public string Place { get; } = place;
}

/// <summary>Finds out where a loss that is not finite comes from, by running the pass again with an eye on every block.</summary>
static class NonFiniteSearch
{
    /// <summary>The first part that gives a number that is not finite; the weights must be those that the loss came from.</summary>
    public static string FindInForward(Architecture architecture, TrainableWeights weights, IObjective objective, TaskBatch batch,
        DropoutSource dropout)
    {
        using var scope = NewDisposeScope();
        using var guard = no_grad();
        weights.Changed();
        string? place = null;
        using var pass = ModelPass.Run(architecture, weights, batch.Batch, dropout, watch: (name, output) =>
        {
            if (place is null && !IsFinite(output)) place = name;
        });
        if (place is null && !IsFinite(objective.Outputs(pass, batch))) place = "the head's output";
        weights.Changed();
        return place ?? "the loss";
    }

    /// <summary>The parameter nearest to the loss whose gradient is not finite, or null.</summary>
    public static string? FindInGradients(IReadOnlyList<Parameter> parameters)
    {
        foreach (var parameter in parameters.Reverse())
        {
            using var gradient = parameter.Value.grad;
            if (gradient is not null && !IsFinite(gradient)) return $"the gradient of '{parameter.Name}'";
        }
        return null;
    }

    static bool IsFinite(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().isfinite().all().item<bool>();
    }
}
