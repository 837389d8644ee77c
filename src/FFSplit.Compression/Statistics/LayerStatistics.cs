namespace FFSplit.Compression.Statistics;

/// <summary>Sums over the real tokens of a calibration, one value a neuron of one layer; float64 and counts, so that they can be added up.</summary>
/// <param name="Sum">Σ h.</param>
/// <param name="SumOfSquares">Σ h².</param>
/// <param name="Active">Tokens on which the pre-activation (gated: of the gate) is above 0.</param>
/// <param name="TopQuarter">Tokens in whose own top 25 % by |h| the neuron is; a neuron whose h is 0 never is.</param>
public sealed record LayerStatistics(double[] Sum, double[] SumOfSquares, long[] Active, long[] TopQuarter)
{
    /// <summary>Zeros for so many neurons.</summary>
    public static LayerStatistics Empty(int neurons) => new(new double[neurons], new double[neurons], new long[neurons], new long[neurons]);

    /// <summary>Neurons.</summary>
    public int Neurons => SumOfSquares.Length;

    /// <summary>The sums of both.</summary>
    public static LayerStatistics operator +(LayerStatistics left, LayerStatistics right) => new(
        Add(left.Sum, right.Sum), Add(left.SumOfSquares, right.SumOfSquares), Add(left.Active, right.Active), Add(left.TopQuarter, right.TopQuarter));

    /// <summary>The sums of both.</summary>
    public static LayerStatistics Add(LayerStatistics left, LayerStatistics right) => left + right;

    static T[] Add<T>(T[] left, T[] right) where T : System.Numerics.INumber<T>
    {
        if (left.Length != right.Length) throw new ArgumentException($"{left.Length} and {right.Length} neurons cannot be added.", nameof(right));
        var sum = new T[left.Length];
        for (var i = 0; i < sum.Length; i++) sum[i] = left[i] + right[i];
        return sum;
    }
}
