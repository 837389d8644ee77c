namespace FFSplit.Evaluation.Metrics;

/// <summary>The share of right answers, as sklearn.metrics.accuracy_score.</summary>
public static class Accuracy
{
    /// <summary>From 0 to 1; NaN for no samples.</summary>
    public static double Of(Confusion confusion)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        return (double)confusion.Right / confusion.Total;
    }
}
