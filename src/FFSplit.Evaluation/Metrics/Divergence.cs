namespace FFSplit.Evaluation.Metrics;

/// <summary>Kullback and Leibler's divergence between the distributions that two rows of logits stand for, in nats.</summary>
public static class Divergence
{
    /// <summary>Natural logarithms of the probabilities: the logits less the logarithm of the sum of their exponentials, summed in
    /// float64.</summary>
    public static float[] LogProbabilities(ReadOnlySpan<float> logits)
    {
        var logSum = LogSumExp(logits);
        var result = new float[logits.Length];
        for (var i = 0; i < result.Length; i++) result[i] = (float)(logits[i] - logSum);
        return result;
    }

    /// <summary>log Σ exp, of values that may be large.</summary>
    public static double LogSumExp(ReadOnlySpan<float> values)
    {
        var largest = float.NegativeInfinity;
        foreach (var value in values)
        {
            // Max would pass over a NaN.
            if (float.IsNaN(value)) return double.NaN;
            largest = Math.Max(largest, value);
        }
        double sum = 0;
        foreach (var value in values) sum += Math.Exp(value - largest);
        return largest + Math.Log(sum);
    }

    /// <summary>Σ p (log p − log q), 0 for equal distributions; infinite where q gives 0 to what p does not; NaN where a value
    /// is.</summary>
    /// <param name="logP">Logarithms of the probabilities of the model that is held against: the dense one.</param>
    /// <param name="logitsQ">Logits of the other.</param>
    /// <exception cref="ArgumentException">Distributions of different length.</exception>
    public static double KullbackLeibler(ReadOnlySpan<float> logP, ReadOnlySpan<float> logitsQ)
    {
        if (logP.Length != logitsQ.Length)
            throw new ArgumentException($"The distributions have {logP.Length} and {logitsQ.Length} values.");
        var logSum = LogSumExp(logitsQ);
        double sum = 0;
        for (var i = 0; i < logP.Length; i++)
        {
            // 0 · log 0 is 0.
            if (float.IsNegativeInfinity(logP[i])) continue;
            sum += Math.Exp(logP[i]) * (logP[i] - (logitsQ[i] - logSum));
        }
        // Rounding may put equal distributions a hair below 0; NaN stays NaN.
        return sum < 0 ? 0 : sum;
    }

    /// <summary>The position of the largest value, the first of equal ones; −1 where a value is NaN or there is none.</summary>
    public static int Largest(ReadOnlySpan<float> values)
    {
        var best = -1;
        for (var i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i])) return -1;
            if (best < 0 || values[i] > values[best]) best = i;
        }
        return best;
    }
}
