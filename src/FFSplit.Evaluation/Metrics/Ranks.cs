namespace FFSplit.Evaluation.Metrics;

/// <summary>Ranks of values.</summary>
public static class Ranks
{
    /// <summary>The rank of each value from 1; equal values share the mean of their ranks, as scipy.stats.rankdata.</summary>
    /// <param name="values">Finite values.</param>
    public static double[] Average(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        var order = new int[sorted.Length];
        for (var i = 0; i < order.Length; i++) order[i] = i;
        Array.Sort(sorted, order);

        var ranks = new double[sorted.Length];
        for (var first = 0; first < sorted.Length;)
        {
            var end = first + 1;
            while (end < sorted.Length && sorted[end] == sorted[first]) end++;
            // Places first + 1 … end.
            var rank = (first + 1 + end) / 2.0;
            for (var i = first; i < end; i++) ranks[order[i]] = rank;
            first = end;
        }
        return ranks;
    }
}
