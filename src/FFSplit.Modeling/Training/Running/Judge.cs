using FFSplit.Checkpoints;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Running;

/// <summary>Judges a model on the validation part.</summary>
public sealed class Judge
{
    /// <summary>The metric that every objective has.</summary>
    public const string Loss = "loss";

    readonly TrainingSetup _setup;
    readonly int _batchSize;
    readonly bool _higherIsBetter;

    /// <summary>Chooses a metric.</summary>
    /// <param name="setup">With the examples that judge.</param>
    /// <param name="metric">By name; null for the objective's own.</param>
    /// <param name="batchSize">Examples of one forward pass.</param>
    /// <exception cref="BadUsageException">The objective has no such metric.</exception>
    public Judge(TrainingSetup setup, string? metric, int batchSize)
    {
        (_setup, _batchSize) = (setup, batchSize);
        var known = setup.Objective.Metrics.Append((Name: Loss, HigherIsBetter: false)).ToArray();
        Metric = metric ?? known[0].Name;
        var index = Array.FindIndex(known, m => m.Name == Metric);
        if (index < 0)
        {
            var names = string.Join(", ", known.Select(m => m.Name));
            throw new BadUsageException($"--metric: expected one of {names} for {setup.Objective.Name}, found '{metric}'.");
        }
        _higherIsBetter = known[index].HigherIsBetter;
    }

    /// <summary>What chooses.</summary>
    public string Metric { get; }

    /// <summary>Runs the model, nothing dropped; masks are the same every time.</summary>
    public IReadOnlyDictionary<string, double> Measure(CancellationToken cancellation)
    {
        using var guard = no_grad();
        var (sum, count) = (0.0, 0L);
        var (remembered, targets) = (new List<double[]>(), new List<double>());
        _setup.Weights.Changed();
        try
        {
            foreach (var examples in _setup.Validation.OrderByDescending(e => e.Length).Chunk(_batchSize))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                var batch = _setup.Objective.Batch(examples, seed: count);
                if (batch.Count == 0) continue;
                using var pass = ModelPass.Run(_setup.Architecture, _setup.Weights, batch.Batch, dropout: null);
                var outputs = _setup.Objective.Outputs(pass, batch);
                sum += _setup.Objective.Loss(outputs, batch).item<float>();
                count += batch.Count;
                remembered.AddRange(_setup.Objective.Remember(outputs));
                targets.AddRange(batch.Targets);
            }
        }
        finally
        {
            _setup.Weights.Changed();
        }
        var mean = sum / count;
        return new Dictionary<string, double>(_setup.Objective.Judge(remembered, targets, mean)) { [Loss] = mean };
    }

    /// <summary>Whether a judgement beats the best so far; of equal metrics the smaller loss does, and a number that is none never
    /// does.</summary>
    public bool IsBetter(Judgement now, Judgement? best)
    {
        var value = now.Metrics[Metric];
        if (best is null) return !double.IsNaN(value) || !double.IsNaN(now.Metrics[Loss]);
        var before = best.Metrics[Metric];
        if (double.IsNaN(value)) return false;
        if (double.IsNaN(before)) return true;
        return value == before ? now.Metrics[Loss] < best.Metrics[Loss] : value > before == _higherIsBetter;
    }
}
