using FFSplit.Checkpoints;
using FFSplit.Evaluation.Metrics;

namespace FFSplit.Experiments.Benching;

/// <summary>The same work for each model, to be timed in turn; what the models give is looked at before.</summary>
abstract class BenchTurns : IDisposable
{
    /// <summary>One model's work once, in the order of the models.</summary>
    public abstract IReadOnlyList<Action> Actions { get; }

    /// <summary>Tokens that an action takes in.</summary>
    public abstract long Tokens { get; }

    /// <summary>Multiply-accumulates of an action.</summary>
    public abstract long MultiplyAccumulates(RunCounts counts);

    /// <summary>Mean cosine of a model's outputs to those of the first; null where they do not compare.</summary>
    public abstract double? Agreement(int model);

    /// <summary>Mean cosine of a model's logits by way of its cache to those of one run over all; null where there is no cache.</summary>
    public abstract double? CacheAgreement(int model);

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Mean cosine of the rows of two equally large arrays.</summary>
    protected static double MeanCosine(float[] first, float[] second, int width)
        => Enumerable.Range(0, first.Length / width)
            .Average(i => Cosine.Similarity(first.AsSpan(i * width, width), second.AsSpan(i * width, width)));
}
