using FFSplit.Evaluation.Metrics;

namespace FFSplit.Evaluation.Tasks;

/// <summary>A sentence encoder's embeddings and the cosines of its pairs.</summary>
public sealed class StsBenchmarkRun : ITaskRun
{
    readonly StsBenchmarkTask _task;
    readonly Correlations _correlations;

    internal StsBenchmarkRun(StsBenchmarkTask task, EvaluatedModel model, float[][] vectors, double[] cosines, double[] scores,
        long tokens, double seconds)
    {
        _task = task;
        Embeddings = vectors;
        Cosines = cosines;
        _correlations = new Correlations(cosines, scores);
        var spearman = 100 * Spearman.Correlation(cosines, scores);
        Result = new EvaluationResult
        {
            Model = model.Name,
            Task = task.Name,
            Metric = task.Metric,
            Value = spearman,
            HigherIsBetter = task.HigherIsBetter,
            Metrics = new Dictionary<string, double> { [task.Metric] = spearman, ["pearson"] = 100 * Pearson.Correlation(cosines, scores) },
            Samples = cosines.Length,
            Tokens = tokens,
            Seconds = seconds,
        };
    }

    /// <inheritdoc/>
    public EvaluationResult Result { get; }

    /// <summary>The embedding of each sentence, each text once, in the order of first sight: pair by pair, the first sentence before the
    /// second.</summary>
    public IReadOnlyList<float[]> Embeddings { get; }

    /// <summary>The cosine of each pair.</summary>
    public IReadOnlyList<double> Cosines { get; }

    /// <inheritdoc/>
    public int Units => Cosines.Count;

    /// <inheritdoc/>
    public double Value(ReadOnlySpan<int> counts) => 100 * _correlations.Spearman(counts);

    /// <inheritdoc/>
    public bool PairsWith(ITaskRun other) => other is StsBenchmarkRun run && ReferenceEquals(run._task, _task);

    /// <inheritdoc/>
    public Fidelity? Against(ITaskRun first)
    {
        // Embeddings of another width live in another space.
        if (first is not StsBenchmarkRun dense || !PairsWith(first) || dense.Embeddings[0].Length != Embeddings[0].Length) return null;
        double sum = 0;
        for (var i = 0; i < Embeddings.Count; i++) sum += Cosine.Similarity(dense.Embeddings[i], Embeddings[i]);
        return new Fidelity { Cosine = sum / Embeddings.Count, Count = Embeddings.Count };
    }
}
