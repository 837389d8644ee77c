using System.Globalization;
using ScottPlot;

namespace FFSplit.Experiments.Plots;

/// <summary>Ticks where the plotting library's own would not stand well, labelled with the values that they stand for.</summary>
static class Ticks
{
    const int Fewest = 4, Most = 10;

    // Of the axis's length; labels of fewer than six characters then have room.
    const double Nearest = 0.05;

    // From coarse to fine, what a tick may be a power of ten of.
    static readonly double[][] Mantissas =
    [
        [1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9], [.. Enumerable.Range(2, 18).Select(i => i / 2.0)],
        [.. Enumerable.Range(10, 90).Select(i => i / 10.0)],
    ];

    /// <summary>At the values, if they are few and not too near to each other, such as lengths of 16, 32, 64; else null.</summary>
    public static Tick[]? AtValues(IEnumerable<double> values, Scale scale)
    {
        double[] distinct = [.. values.Distinct().Take(Most + 1).Order()];
        double[] places = [.. distinct.Select(scale.Place)];
        var fit = distinct.Length is > 0 and <= Most
            && places.Zip(places.Skip(1)).All(pair => pair.Second - pair.First >= Nearest * (places[^1] - places[0]));
        return fit ? [.. distinct.Select((value, i) => Tick.Major(places[i], Label(value)))] : null;
    }

    /// <summary>Round values of a logarithmic axis, the coarsest that are enough.</summary>
    /// <param name="low">Logarithm to the base of 10 of the axis's lower end.</param>
    /// <param name="high">The same of its upper end.</param>
    public static Tick[] Logarithmic(double low, double high)
    {
        var ticks = Mantissas.Select(mantissas => Values(mantissas, low, high)).FirstOrDefault(values => values.Length >= Fewest)
            ?? Values(Mantissas[^1], low, high);
        var step = (ticks.Length + Most - 1) / Most;
        return [.. ticks.Where((_, i) => i % step == 0).Select(value => Tick.Major(Math.Log10(value), Label(value)))];
    }

    static double[] Values(double[] mantissas, double low, double high)
    {
        var (first, last) = ((int)Math.Floor(low), (int)Math.Ceiling(high));
        return [.. Enumerable.Range(first, last - first + 1).SelectMany(power => mantissas.Select(m => m * Math.Pow(10, power)))
            .Where(value => Math.Log10(value) >= low && Math.Log10(value) <= high)];
    }

    static string Label(double value) => value is >= 1e-4 and < 1e6
        ? value.ToString("#,0.######", CultureInfo.InvariantCulture) : value.ToString("0.#e0", CultureInfo.InvariantCulture);
}
