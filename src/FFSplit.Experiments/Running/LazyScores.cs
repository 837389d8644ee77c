namespace FFSplit.Experiments.Running;

/// <summary>Statistics that are collected when a model is first made from them, which a resumed run may never need.</summary>
sealed class LazyScores(Func<NeuronScores> collect) : IDisposable
{
    NeuronScores? _scores;

    public NeuronScores Value => _scores ??= collect();

    public void Dispose() => _scores?.Dispose();
}
