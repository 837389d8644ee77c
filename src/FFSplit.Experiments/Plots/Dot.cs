using FFSplit.Experiments.Reports;

namespace FFSplit.Experiments.Plots;

/// <summary>A value where it is drawn, in the units of its axes.</summary>
/// <param name="X">Position.</param>
/// <param name="Y">Value.</param>
/// <param name="Low">Lower end of its error bar; Y without one.</param>
/// <param name="High">Upper end.</param>
/// <param name="At">The position as it was given.</param>
readonly record struct Dot(double X, double Y, double Low, double High, double At)
{
    /// <summary>Those of a series that the axes can show.</summary>
    public static Dot[] Of(Series series, Scale x, Scale y)
        => [.. Enumerable.Range(0, series.X.Count).Where(i => x.Shows(series.X[i]) && y.Shows(series.Y[i])).Select(i =>
        {
            var (value, spread) = (series.Y[i], series.Spread?[i] ?? 0);
            if (!double.IsFinite(spread)) spread = 0;
            // What would end below a logarithmic axis has no lower whisker.
            var low = y.Shows(value - spread) ? value - spread : value;
            return new Dot(x.Place(series.X[i]), y.Place(value), y.Place(low), y.Place(value + spread), series.X[i]);
        })];

    /// <summary>Leaves out of a line what an eye cannot tell from its neighbour: thousands of points make a small picture.</summary>
    public static Dot[] Thin(Dot[] line)
    {
        const double Steps = 400;
        if (line.Length <= Steps) return line;
        var (stepX, stepY) = (Range(line.Select(dot => dot.X)) / Steps, Range(line.Select(dot => dot.Y)) / Steps);
        var kept = new List<Dot> { line[0] };
        foreach (var dot in line[1..^1])
            if (Math.Abs(dot.X - kept[^1].X) >= stepX || Math.Abs(dot.Y - kept[^1].Y) >= stepY) kept.Add(dot);
        return [.. kept, line[^1]];
    }

    static double Range(IEnumerable<double> values) => values.Max() - values.Min();
}
