namespace FFSplit.Evaluation.Metrics;

/// <summary>Matthews' correlation for any number of labels (Gorodkin, "Comparing two K-category assignments by a K-category correlation
/// coefficient", 2004), as sklearn.metrics.matthews_corrcoef.</summary>
public static class Matthews
{
    /// <summary>From −1 to 1; 0 where all samples or all answers are of one label, as in scikit-learn; NaN for no samples.</summary>
    public static double Of(Confusion confusion)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        if (confusion.Total == 0) return double.NaN;
        double both = 0, truths = 0, predictions = 0;
        for (var label = 0; label < confusion.Labels; label++)
        {
            double t = confusion.Truths(label), p = confusion.Predictions(label);
            both += t * p;
            truths += t * t;
            predictions += p * p;
        }
        double total = confusion.Total;
        var scale = Math.Sqrt(total * total - truths) * Math.Sqrt(total * total - predictions);
        return scale == 0 ? 0 : (confusion.Right * total - both) / scale;
    }
}
