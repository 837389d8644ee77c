namespace FFSplit.Evaluation.Metrics;

/// <summary>The mean of every label's <see cref="F1"/>, as sklearn.metrics.f1_score with average="macro".</summary>
public static class MacroF1
{
    /// <summary>From 0 to 1; over the labels that are there or were answered, as scikit-learn does; NaN for no samples.</summary>
    public static double Of(Confusion confusion)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        var (sum, labels) = (0.0, 0);
        for (var label = 0; label < confusion.Labels; label++)
        {
            if (confusion.Truths(label) + confusion.Predictions(label) == 0) continue;
            sum += F1.Of(confusion, label);
            labels++;
        }
        return sum / labels;
    }
}
