using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation.Metrics;

namespace FFSplit.Evaluation.Tasks;

/// <summary>A causal model's last words, passage by passage.</summary>
public sealed class LambadaRun : ITaskRun
{
    readonly LambadaTask _task;
    readonly TokenizedText[] _encoded;
    readonly bool[] _right;
    readonly bool _usable;

    internal LambadaRun(LambadaTask task, EvaluatedModel model, TokenizedText[] encoded, bool[] right, double[] nll, VocabularyProbe? probe,
        IReadOnlyList<string> notices, double seconds)
    {
        (_task, _encoded, _right, Probe) = (task, encoded, right, probe);
        _usable = nll.All(double.IsFinite);
        var accuracy = _usable ? 100.0 * right.Count(r => r) / right.Length : double.NaN;
        Result = new EvaluationResult
        {
            Model = model.Name,
            Task = task.Name,
            Metric = task.Metric,
            Value = accuracy,
            HigherIsBetter = task.HigherIsBetter,
            Metrics = new Dictionary<string, double> { [task.Metric] = accuracy, ["word_perplexity"] = Math.Exp(nll.Average()) },
            Samples = right.Length,
            Tokens = encoded.Sum(e => (long)e.Ids.Length),
            Seconds = seconds,
            Notices = notices,
        };
    }

    /// <inheritdoc/>
    public EvaluationResult Result { get; }

    /// <summary>Whether the last word of each passage was found.</summary>
    public IReadOnlyList<bool> Right => _right;

    /// <inheritdoc/>
    public int Units => _right.Length;

    internal VocabularyProbe? Probe { get; }

    /// <inheritdoc/>
    public double Value(ReadOnlySpan<int> counts)
    {
        Weights.Check(counts, _right.Length);
        if (!_usable) return double.NaN;
        long right = 0, total = 0;
        for (var i = 0; i < _right.Length; i++)
        {
            total += counts[i];
            if (_right[i]) right += counts[i];
        }
        return 100.0 * right / total;
    }

    /// <summary>The passages are the same whatever the tokenizer, so any two models pair.</summary>
    public bool PairsWith(ITaskRun other) => other is LambadaRun run && ReferenceEquals(run._task, _task);

    /// <inheritdoc/>
    public Fidelity? Against(ITaskRun first) => PairsWith(first) ? Probe?.Fidelity : null;

    internal bool SawTheSame(TokenizedText[] encoded) => encoded.Zip(_encoded).All(p => p.First.Ids.AsSpan().SequenceEqual(p.Second.Ids));
}
