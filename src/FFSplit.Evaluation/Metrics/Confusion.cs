namespace FFSplit.Evaluation.Metrics;

/// <summary>How often each label was answered with each: everything that a classification metric needs.</summary>
public sealed class Confusion
{
    readonly long[] _cells;

    /// <summary>Counts predictions.</summary>
    /// <param name="truth">The right label of each sample, from 0.</param>
    /// <param name="predicted">The model's label of each sample, from 0.</param>
    /// <param name="labels">How many labels there are; all above are below it.</param>
    /// <param name="counts">How often each sample is taken (a resample of the data); empty takes each once.</param>
    /// <exception cref="ArgumentException">Series of different length.</exception>
    public Confusion(ReadOnlySpan<int> truth, ReadOnlySpan<int> predicted, int labels, ReadOnlySpan<int> counts = default)
    {
        if (truth.Length != predicted.Length) throw new ArgumentException($"The series have {truth.Length} and {predicted.Length} values.");
        Weights.Check(counts, truth.Length);
        Labels = labels;
        _cells = new long[labels * labels];
        for (var i = 0; i < truth.Length; i++)
        {
            var count = counts.IsEmpty ? 1 : counts[i];
            _cells[truth[i] * labels + predicted[i]] += count;
            Total += count;
        }
    }

    /// <summary>How many labels there are.</summary>
    public int Labels { get; }

    /// <summary>How many samples were counted.</summary>
    public long Total { get; }

    /// <summary>How many samples of a label were answered with a label.</summary>
    public long this[int truth, int predicted] => _cells[truth * Labels + predicted];

    /// <summary>How many samples have this label.</summary>
    public long Truths(int label)
    {
        long sum = 0;
        for (var other = 0; other < Labels; other++) sum += this[label, other];
        return sum;
    }

    /// <summary>How many samples were answered with this label.</summary>
    public long Predictions(int label)
    {
        long sum = 0;
        for (var other = 0; other < Labels; other++) sum += this[other, label];
        return sum;
    }

    /// <summary>How many answers were right.</summary>
    public long Right
    {
        get
        {
            long sum = 0;
            for (var label = 0; label < Labels; label++) sum += this[label, label];
            return sum;
        }
    }
}
