namespace FFSplit.Evaluation.Metrics;

/// <summary>Gathers logarithms of probabilities, in float64, and gives the perplexity exp(−mean).</summary>
public sealed class PerplexitySum
{
    double _sum;

    /// <summary>How many predictions were added.</summary>
    public long Count { get; private set; }

    /// <summary>Adds natural logarithms of the probabilities of the tokens that came. One that isn't finite makes the whole NaN.</summary>
    public void Add(ReadOnlySpan<float> logProbabilities)
    {
        foreach (var value in logProbabilities) _sum += float.IsFinite(value) ? value : double.NaN;
        Count += logProbabilities.Length;
    }

    /// <summary>Sum of the negative logarithms, in nats.</summary>
    public double Nll => -_sum;

    /// <summary>Mean negative log likelihood of a token, in nats; NaN for none.</summary>
    public double MeanNll => -_sum / Count;

    /// <summary>exp(<see cref="MeanNll"/>).</summary>
    public double Perplexity => Math.Exp(MeanNll);
}
