namespace FFSplit.Evaluation.Metrics;

/// <summary>2 TP / (2 TP + FP + FN) of one label, as sklearn.metrics.f1_score with pos_label.</summary>
public static class F1
{
    /// <summary>From 0 to 1; 0 where the label is neither there nor answered (scikit-learn's zero_division).</summary>
    /// <param name="confusion">The counts.</param>
    /// <param name="label">The label that counts as positive.</param>
    public static double Of(Confusion confusion, int label)
    {
        ArgumentNullException.ThrowIfNull(confusion);
        var both = confusion.Truths(label) + confusion.Predictions(label);
        return both == 0 ? 0 : 2.0 * confusion[label, label] / both;
    }
}
