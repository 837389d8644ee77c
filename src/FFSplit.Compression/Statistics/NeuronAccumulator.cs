using System.Numerics;
using System.Runtime.InteropServices;

namespace FFSplit.Compression.Statistics;

/// <summary>Adds up one layer's neurons over tokens, a token at a time: Σ h and Σ h² in float64, counts of active and of largest neurons.</summary>
sealed class NeuronAccumulator(int neurons)
{
    const double TopShare = 0.25;

    readonly double[] _sum = new double[neurons];
    readonly double[] _squares = new double[neurons];
    readonly int[] _active = new int[neurons];
    readonly int[] _top = new int[neurons];
    readonly float[] _sizes = new float[neurons];
    readonly int _topCount = Math.Max(1, (int)Math.Round(TopShare * neurons, MidpointRounding.AwayFromZero));
    readonly LargestValues _largest = new();

    /// <summary>Adds one token.</summary>
    /// <param name="preActivation">One value a neuron; above 0 counts as active.</param>
    /// <param name="hidden">h, one value a neuron.</param>
    public void Add(ReadOnlySpan<float> preActivation, ReadOnlySpan<float> hidden)
    {
        var whole = hidden.Length - hidden.Length % Vector<float>.Count;
        for (var i = 0; i < whole; i += Vector<float>.Count)
        {
            var h = new Vector<float>(hidden[i..]);
            Vector.Abs(h).CopyTo(_sizes, i);
            Vector.Widen(h, out var low, out var high);
            Accumulate(_sum, i, low);
            Accumulate(_sum, i + Vector<double>.Count, high);
            Accumulate(_squares, i, low * low);
            Accumulate(_squares, i + Vector<double>.Count, high * high);
            Count(_active, i, Vector.GreaterThan(new Vector<float>(preActivation[i..]), Vector<float>.Zero));
        }
        for (var i = whole; i < hidden.Length; i++)
        {
            _sizes[i] = Math.Abs(hidden[i]);
            _sum[i] += hidden[i];
            _squares[i] += (double)hidden[i] * hidden[i];
            if (preActivation[i] > 0) _active[i]++;
        }
        // The smallest positive number keeps out neurons that are exactly 0, of which a ReLU has many.
        var least = Math.Max(_largest.Least(_sizes, _topCount), float.Epsilon);
        var bound = new Vector<float>(least);
        for (var i = 0; i < whole; i += Vector<float>.Count) Count(_top, i, Vector.GreaterThanOrEqual(new Vector<float>(_sizes, i), bound));
        for (var i = whole; i < hidden.Length; i++)
            if (_sizes[i] >= least) _top[i]++;
    }

    public LayerStatistics Read() => new([.. _sum], [.. _squares], [.. _active.Select(c => (long)c)], [.. _top.Select(c => (long)c)]);

    static void Accumulate(double[] target, int at, Vector<double> values) => (new Vector<double>(target, at) + values).CopyTo(target, at);

    // A true lane is −1.
    static void Count(int[] target, int at, Vector<int> mask) => (new Vector<int>(target, at) - mask).CopyTo(target, at);
}

/// <summary>Finds the k-th largest of many non-negative numbers: their bits order as the numbers do, so the upper bits make bins.</summary>
sealed class LargestValues
{
    // Sign (always 0), exponent and three bits of mantissa.
    const int Shift = 20;

    readonly int[] _bins = new int[1 << (32 - Shift)];
    readonly List<float> _candidates = [];

    /// <summary>The <paramref name="count"/>-th largest value; NaN counts as larger than all.</summary>
    public float Least(ReadOnlySpan<float> values, int count)
    {
        Array.Clear(_bins);
        var bits = MemoryMarshal.Cast<float, uint>(values);
        foreach (var b in bits) _bins[b >> Shift]++;
        var bin = _bins.Length - 1;
        while (count > _bins[bin]) count -= _bins[bin--];
        _candidates.Clear();
        for (var i = 0; i < bits.Length; i++)
            if (bits[i] >> Shift == (uint)bin) _candidates.Add(values[i]);
        _candidates.Sort();
        return _candidates[^count];
    }
}
