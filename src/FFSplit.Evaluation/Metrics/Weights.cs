namespace FFSplit.Evaluation.Metrics;

/// <summary>Counts of a resample: how often each sample was drawn.</summary>
static class Weights
{
    /// <summary>Throws where there are counts, but not one for each sample.</summary>
    public static void Check(ReadOnlySpan<int> counts, int samples)
    {
        if (!counts.IsEmpty && counts.Length != samples)
            throw new ArgumentException($"There are {counts.Length} counts for {samples} samples.");
    }
}
