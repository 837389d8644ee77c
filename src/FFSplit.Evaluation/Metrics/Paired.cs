namespace FFSplit.Evaluation.Metrics;

/// <summary>What all metrics on two series of equal length check first.</summary>
static class Paired
{
    /// <summary>Whether a number can be computed at all: at least two pairs, all finite. Otherwise the metric is NaN, so that one
    /// bad value can never be averaged away.</summary>
    public static bool AreUsable(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length) throw new ArgumentException($"The series have {x.Length} and {y.Length} values.");
        return x.Length >= 2 && AreFinite(x) && AreFinite(y);
    }

    static bool AreFinite(ReadOnlySpan<double> values)
    {
        foreach (var value in values)
            if (!double.IsFinite(value)) return false;
        return true;
    }
}
