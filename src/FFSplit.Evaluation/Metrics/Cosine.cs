namespace FFSplit.Evaluation.Metrics;

/// <summary>The cosine of the angle between two vectors, Σ a b / (|a| |b|), summed in float64.</summary>
public static class Cosine
{
    /// <summary>From −1 to 1; NaN where a vector is zero, empty or holds a value that isn't finite.</summary>
    /// <exception cref="ArgumentException">Vectors of different length.</exception>
    public static double Similarity(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"The vectors have {a.Length} and {b.Length} values.");
        double ab = 0, aa = 0, bb = 0;
        for (var i = 0; i < a.Length; i++)
        {
            ab += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }
        // Infinity / infinity and 0 / 0 are NaN already.
        return Math.Clamp(ab / (Math.Sqrt(aa) * Math.Sqrt(bb)), -1, 1);
    }
}
