using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Something that a model can be judged by. The constructor reads the data and refuses what is wrong with it, before any
/// model is loaded; then any number of models may be judged, one after the other.</summary>
public interface IEvaluationTask
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>The metric that decides.</summary>
    string Metric { get; }

    /// <summary>Whether a larger value of it is better.</summary>
    bool HigherIsBetter { get; }

    /// <summary>Refuses a model that cannot give what the task needs; <see cref="Run"/> does so too.</summary>
    /// <param name="model">What the user calls it.</param>
    /// <param name="available">What it can give.</param>
    /// <exception cref="BadInputException">It lacks something.</exception>
    void Require(string model, ModelOutputs available);

    /// <summary>Runs a model and keeps what it did with every sample.</summary>
    /// <exception cref="BadInputException">A model that cannot do what the task needs.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    ITaskRun Run(EvaluatedModel model, RunOptions? options = null, CancellationToken cancel = default);
}

/// <summary>Shorter calls.</summary>
public static class EvaluationTaskExtensions
{
    /// <summary>Judges a model by itself.</summary>
    /// <exception cref="BadInputException">A model that cannot do what the task needs.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static EvaluationResult Evaluate(
        this IEvaluationTask task, EvaluatedModel model, IProgress<ProgressReport>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.Run(model, new RunOptions { Progress = progress }, cancel).Result;
    }
}
