namespace FFSplit.Modeling.Training.Objectives;

/// <summary>What chooses the best weights of a classifier.</summary>
static class ClassificationScores
{
    /// <summary>The share of right answers.</summary>
    public static double Accuracy(int[] truth, int[] answers) => truth.Zip(answers).Count(p => p.First == p.Second) / (double)truth.Length;

    /// <summary>2 TP / (2 TP + FP + FN) of label 1.</summary>
    public static double F1(int[] truth, int[] answers)
    {
        var both = truth.Zip(answers).Count(p => p is { First: 1, Second: 1 });
        var all = truth.Count(t => t == 1) + answers.Count(a => a == 1);
        return all == 0 ? 0 : 2.0 * both / all;
    }

    /// <summary>Matthews' correlation for any number of labels (Gorodkin 2004); 0 where all are of one label.</summary>
    public static double Matthews(int[] truth, int[] answers)
    {
        double total = truth.Length, right = truth.Zip(answers).Count(p => p.First == p.Second), both = 0, truths = 0, predictions = 0;
        foreach (var label in truth.Concat(answers).Distinct())
        {
            double t = truth.Count(x => x == label), p = answers.Count(x => x == label);
            both += t * p;
            truths += t * t;
            predictions += p * p;
        }
        var scale = Math.Sqrt(total * total - truths) * Math.Sqrt(total * total - predictions);
        return scale == 0 ? 0 : (right * total - both) / scale;
    }
}
