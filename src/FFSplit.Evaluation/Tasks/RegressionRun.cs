using FFSplit.Evaluation.Metrics;

namespace FFSplit.Evaluation.Tasks;

/// <summary>A regression head's outputs, sample by sample.</summary>
public sealed class RegressionRun : ITaskRun
{
    readonly Correlations _correlations;

    internal RegressionRun(RegressionTask task, EvaluatedModel model, double[] outputs, long tokens, double seconds)
    {
        Task = task;
        Outputs = outputs;
        double[] scores = [.. task.Samples.Scores];
        _correlations = new Correlations(outputs, scores);
        var spearman = 100 * Spearman.Correlation(outputs, scores);
        Result = new EvaluationResult
        {
            Model = model.Name,
            Task = task.Name,
            Metric = task.Metric,
            Value = spearman,
            HigherIsBetter = task.HigherIsBetter,
            Metrics = new Dictionary<string, double> { [task.Metric] = spearman, ["pearson"] = 100 * Pearson.Correlation(outputs, scores) },
            Samples = outputs.Length,
            Tokens = tokens,
            Seconds = seconds,
            Notices = task.Samples.Notices,
        };
    }

    /// <summary>The task that was run.</summary>
    public RegressionTask Task { get; }

    /// <inheritdoc/>
    public EvaluationResult Result { get; }

    /// <summary>The output of each sample.</summary>
    public IReadOnlyList<double> Outputs { get; }

    /// <inheritdoc/>
    public int Units => Outputs.Count;

    /// <inheritdoc/>
    public double Value(ReadOnlySpan<int> counts) => 100 * _correlations.Spearman(counts);

    /// <inheritdoc/>
    public bool PairsWith(ITaskRun other) => other is RegressionRun run && ReferenceEquals(run.Task, Task);

    /// <inheritdoc/>
    public Fidelity? Against(ITaskRun first)
    {
        if (first is not RegressionRun dense || !PairsWith(first)) return null;
        double sum = 0;
        for (var i = 0; i < Units; i++) sum += Math.Abs(Outputs[i] - dense.Outputs[i]);
        return new Fidelity { Deviation = sum / Units, Count = Units };
    }
}
