using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>
/// Several products as one, where the matrices can lie together: a product of few rows is so short that waking the other threads for it
/// counts, and 8-bit products of one input round it once (docs/onnx.md has what was measured).
/// </summary>
static class JoinedProducts
{
    /// <summary>x W₁, x W₂, ….</summary>
    public static IReadOnlyList<Value> Each(Emission emission, Value x, params IReadOnlyList<WeightBinding> weights)
    {
        var joined = new WeightMatrix(weights);
        return Joins(emission, joined)
            ? emission.Graph.Split(emission.Precision.Product(emission, x, joined), [.. weights.Select(w => (long)w.Shape[0])])
            : [.. weights.Select(w => emission.Precision.Product(emission, x, w))];
    }

    /// <summary>x₁ W₁ + x₂ W₂ + …; null for no term.</summary>
    public static Value? Sum(Emission emission, IReadOnlyList<(Value X, WeightBinding Weight)> terms)
    {
        if (terms.Count == 0) return null;
        var joined = new WeightMatrix([.. terms.Select(t => t.Weight)], Summed: true);
        return Joins(emission, joined)
            ? emission.Precision.Product(emission, emission.Graph.Concat(-1, [.. terms.Select(t => t.X)]), joined)
            : terms.Select(t => emission.Precision.Product(emission, t.X, t.Weight)).Aggregate(emission.Graph.Add);
    }

    static bool Joins(Emission emission, WeightMatrix joined)
        => joined.Parts.Count > 1 && emission.Precision.Joins(joined);
}
