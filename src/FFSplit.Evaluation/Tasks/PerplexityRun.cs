using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Evaluation.Tasks;

/// <summary>A causal model's likelihood of a text, window by window.</summary>
public sealed class PerplexityRun : ITaskRun
{
    readonly PerplexityTask _task;
    readonly TokenWindowSet _set;
    readonly double[] _nll;

    internal PerplexityRun(PerplexityTask task, EvaluatedModel model, TokenWindowSet set, double[] nll, long[] bytes,
        VocabularyProbe? probe, IReadOnlyList<string> notices, double seconds)
    {
        (_task, _set, _nll, Probe) = (task, set, nll, probe);
        var total = nll.Sum();
        var mean = total / set.PredictionCount;
        Result = new EvaluationResult
        {
            Model = model.Name,
            Task = task.Name,
            Metric = task.Metric,
            Value = Math.Exp(mean),
            HigherIsBetter = task.HigherIsBetter,
            Metrics = new Dictionary<string, double>
            {
                [task.Metric] = Math.Exp(mean),
                ["nll"] = mean,
                ["bits_per_byte"] = BitsPerByte.Of(total, bytes.Sum()),
            },
            Samples = set.Windows.Count,
            Tokens = set.TokenCount,
            Seconds = seconds,
            Notices = notices,
        };
    }

    /// <inheritdoc/>
    public EvaluationResult Result { get; }

    /// <summary>The negative log likelihood of each window's predictions, summed, in nats.</summary>
    public IReadOnlyList<double> WindowNll => _nll;

    /// <inheritdoc/>
    public int Units => _nll.Length;

    /// <summary>What was kept for, or found against, the first model.</summary>
    internal VocabularyProbe? Probe { get; }

    /// <inheritdoc/>
    public double Value(ReadOnlySpan<int> counts)
    {
        Weights.Check(counts, _nll.Length);
        double sum = 0;
        long predictions = 0;
        for (var i = 0; i < _nll.Length; i++)
        {
            // A window that was not drawn must not bring its NaN in, and one that was must.
            if (counts[i] == 0) continue;
            sum += counts[i] * _nll[i];
            predictions += (long)counts[i] * _set.Windows[i].Predictions;
        }
        return Math.Exp(sum / predictions);
    }

    /// <inheritdoc/>
    public bool PairsWith(ITaskRun other) => other is PerplexityRun run && ReferenceEquals(run._task, _task) && run.SawTheSame(_set);

    /// <summary>A perplexity is per token: of other tokens it is another quantity.</summary>
    public bool ComparesWith(ITaskRun other) => PairsWith(other);

    /// <inheritdoc/>
    public Fidelity? Against(ITaskRun first) => PairsWith(first) ? Probe?.Fidelity : null;

    internal bool SawTheSame(TokenWindowSet set) => set.Ids.AsSpan().SequenceEqual(_set.Ids) && set.Windows.SequenceEqual(_set.Windows);
}
