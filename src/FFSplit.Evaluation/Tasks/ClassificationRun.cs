using FFSplit.Evaluation.Metrics;

namespace FFSplit.Evaluation.Tasks;

/// <summary>A classifier's answers, sample by sample.</summary>
public sealed class ClassificationRun : ITaskRun
{
    readonly int[] _truth;
    readonly int[] _predicted;
    readonly int _labels;
    readonly bool _usable;

    internal ClassificationRun(ClassificationTask task, IReadOnlyList<string> metrics, EvaluatedModel model, float[][] logits,
        long tokens, IReadOnlyList<string> notices, double seconds)
    {
        Task = task;
        Logits = logits;
        _truth = [.. task.Samples.Labels];
        _labels = logits[0].Length;
        _predicted = Array.ConvertAll(logits, l => Divergence.Largest(l));
        // One sample without an answer makes every figure NaN: it must not vanish in an average.
        _usable = _predicted.All(p => p >= 0);
        var confusion = _usable ? new Confusion(_truth, _predicted, _labels) : null;
        var values = metrics.ToDictionary(m => m, m => confusion is null ? double.NaN : ClassificationMetrics.Of(m, confusion));
        Result = new EvaluationResult
        {
            Model = model.Name,
            Task = task.Name,
            Metric = task.Metric,
            Value = values[task.Metric],
            HigherIsBetter = task.HigherIsBetter,
            Metrics = values,
            Samples = logits.Length,
            Tokens = tokens,
            Seconds = seconds,
            Notices = notices,
        };
    }

    /// <summary>The task that was run.</summary>
    public ClassificationTask Task { get; }

    /// <inheritdoc/>
    public EvaluationResult Result { get; }

    /// <inheritdoc/>
    public int Units => Logits.Count;

    /// <summary>The logits of each sample, those of the task's labels first and in its order, then those of other labels of the
    /// model.</summary>
    public IReadOnlyList<float[]> Logits { get; }

    /// <summary>The label of each sample that the model prefers, a position in <see cref="Logits"/>; −1 where a logit is NaN.</summary>
    public IReadOnlyList<int> Predictions => _predicted;

    /// <inheritdoc/>
    public double Value(ReadOnlySpan<int> counts) =>
        _usable ? ClassificationMetrics.Of(Result.Metric, new Confusion(_truth, _predicted, _labels, counts)) : double.NaN;

    /// <inheritdoc/>
    public bool PairsWith(ITaskRun other) => other is ClassificationRun run && ReferenceEquals(run.Task, Task);

    /// <inheritdoc/>
    public Fidelity? Against(ITaskRun first)
    {
        if (first is not ClassificationRun dense || !PairsWith(first) || dense._labels != _labels) return null;
        double divergence = 0;
        long agreed = 0;
        for (var i = 0; i < Units; i++)
        {
            divergence += Divergence.KullbackLeibler(Divergence.LogProbabilities(dense.Logits[i]), Logits[i]);
            if (_predicted[i] >= 0 && _predicted[i] == dense._predicted[i]) agreed++;
        }
        return new Fidelity { KlDivergence = divergence / Units, Agreement = 100.0 * agreed / Units, Count = Units };
    }
}
