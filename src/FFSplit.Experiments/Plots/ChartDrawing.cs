using FFSplit.Experiments.Reports;
using ScottPlot;
using ScottPlot.AxisPanels;
using ScottPlot.TickGenerators;

namespace FFSplit.Experiments.Plots;

/// <summary>Lays a chart out: axes, legend, and each series as lines, points or bars.</summary>
static class ChartDrawing
{
    const float TitleSize = 18, LabelSize = 15, TickSize = 13;
    const double BarsOfCategory = 0.8;

    /// <summary>A line of more points than this gets no markers: they would hide it.</summary>
    const int MostMarkers = 40;

    // About the mean width of a character, as a part of the font's size.
    const double CharacterWidth = 0.6;

    public static Plot Draw(Chart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        if (ReportChecks.Fault(chart) is { } fault) throw new ArgumentException(fault, nameof(chart));
        var font = PlotFont.Family;
        var plot = new Plot();
        var scales = (X: new Scale(chart.LogX && chart.Kind != ChartKind.Bars), Y: new Scale(chart.LogY));
        var dots = chart.Series.Select(series => Dot.Of(series, scales.X, scales.Y)).ToArray();
        var floor = Floor(dots, chart.LogY);
        for (var i = 0; i < dots.Length; i++)
        {
            var style = SeriesStyle.Of(i, dots.Length);
            if (chart.Kind == ChartKind.Bars) dots[i] = AddBars(plot, dots[i], i, dots.Length, floor, chart.Series[i].Name, style);
            else AddPoints(plot, dots[i], chart.Kind == ChartKind.Lines, chart.Series[i].Name, style);
            // Bars need dark whiskers to be seen upon them.
            AddSpread(plot, dots[i], chart.Kind == ChartKind.Bars ? Colors.Black : style.Color);
        }
        SetTexts(plot, chart, font);
        SetAxes(plot, chart, scales.X, scales.Y, dots, floor);
        return plot;
    }

    static void AddPoints(Plot plot, Dot[] dots, bool joined, string name, SeriesStyle style)
    {
        var drawn = joined ? Dot.Thin(dots) : dots;
        var scatter = plot.Add.Scatter(drawn.Select(d => d.X).ToArray(), drawn.Select(d => d.Y).ToArray(), style.Color);
        scatter.LegendText = name;
        scatter.LineWidth = joined ? 2 : 0;
        scatter.MarkerShape = joined && drawn.Length > MostMarkers ? MarkerShape.None : style.Marker;
        scatter.MarkerSize = !joined ? 10 : 7;
    }

    static Dot[] AddBars(Plot plot, Dot[] dots, int index, int count, double floor, string name, SeriesStyle style)
    {
        var width = BarsOfCategory / count;
        Dot[] placed = [.. dots.Select(dot => dot with { X = dot.X + (index - (count - 1) / 2.0) * width })];
        var bars = plot.Add.Bars(placed.Select(dot => new Bar
        {
            Position = dot.X,
            Value = dot.Y,
            ValueBase = floor,
            Size = 0.95 * width,
            FillColor = style.Color,
            LineWidth = 0,
        }).ToArray());
        bars.LegendText = name;
        return placed;
    }

    static void AddSpread(Plot plot, Dot[] dots, Color color)
    {
        Dot[] spread = [.. dots.Where(dot => dot.High > dot.Low)];
        if (spread.Length == 0) return;
        var bars = plot.Add.ErrorBar(spread.Select(d => d.X).ToArray(), spread.Select(d => d.Y).ToArray(),
            spread.Select(d => d.High - d.Y).ToArray());
        bars.YErrorNegative = spread.Select(d => d.Y - d.Low).ToArray();
        bars.Color = color;
        bars.LineWidth = 1.5f;
        bars.CapSize = 4;
    }

    /// <summary>Where bars begin: at 0, on a logarithmic axis at the power of ten below all of them.</summary>
    static double Floor(Dot[][] dots, bool logarithmic)
        => !logarithmic ? 0 : Math.Floor(dots.SelectMany(series => series).Select(dot => dot.Low).DefaultIfEmpty(0).Min() - 1e-9);

    static void SetAxes(Plot plot, Chart chart, Scale x, Scale y, Dot[][] dots, double floor)
    {
        var bars = chart.Kind == ChartKind.Bars;
        plot.Axes.AutoScale();
        if (!dots.Any(series => series.Length > 0)) plot.Axes.SetLimits(0, 1, 0, 1);
        else if (bars && dots.All(series => series.All(dot => dot.Low >= floor))) plot.Axes.SetLimitsY(floor, plot.Axes.GetLimits().Top);
        var limits = plot.Axes.GetLimits();
        if (chart.XNames is { Count: > 0 } names) SetNames(plot, names);
        else if (chart.Kind != ChartKind.Points && Ticks.AtValues(dots.SelectMany(series => series).Select(dot => dot.At), x) is { } few)
            plot.Axes.Bottom.TickGenerator = new NumericManual(few);
        else if (x.Logarithmic) plot.Axes.Bottom.TickGenerator = new NumericManual(Ticks.Logarithmic(limits.Left, limits.Right));
        if (y.Logarithmic) plot.Axes.Left.TickGenerator = new NumericManual(Ticks.Logarithmic(limits.Bottom, limits.Top));
    }

    static void SetNames(Plot plot, IReadOnlyList<string> names)
    {
        plot.Axes.SetLimitsX(-0.6, names.Count - 0.4);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. names.Select((_, i) => (double)i)], [.. names]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        var widest = names.Max(name => name.Length) * CharacterWidth * TickSize;
        // The legend and the left axis leave about two thirds of the width.
        if (widest < ChartWriter.Width * 0.65 / names.Count) return;
        const float Degrees = 35;
        plot.Axes.Bottom.TickLabelStyle.Rotation = Degrees;
        plot.Axes.Bottom.TickLabelStyle.Alignment = Alignment.MiddleLeft;
        plot.Axes.Bottom.TickLabelStyle.OffsetY = TickSize / 2;
        plot.Axes.Bottom.MinimumSize = (float)(widest * Math.Sin(Degrees * Math.PI / 180)) + TickSize
            + (string.IsNullOrEmpty(plot.Axes.Bottom.Label.Text) ? 0 : 2 * LabelSize);
    }

    static void SetTexts(Plot plot, Chart chart, string font)
    {
        // A long title gets smaller, rather than cut; beside a legend there is less room.
        var legend = chart.Series.Count > 1;
        var titleSize = Math.Clamp((legend ? 0.75 : 0.95) * ChartWriter.Width
            / (CharacterWidth * Math.Max(1, chart.Title.Length)), 10, TitleSize);
        plot.Title(chart.Title, (float)titleSize);
        plot.XLabel(chart.XLabel, LabelSize);
        plot.YLabel(chart.YLabel, LabelSize);
        plot.Axes.Title.Label.Bold = plot.Axes.Bottom.Label.Bold = plot.Axes.Left.Label.Bold = false;
        ((LeftAxis)plot.Axes.Left).PaddingOutsideAxisLabels = new PixelPadding(8);
        plot.Axes.Bottom.TickLabelStyle.FontSize = plot.Axes.Left.TickLabelStyle.FontSize = TickSize;
        plot.Axes.Right.FrameLineStyle.Width = plot.Axes.Top.FrameLineStyle.Width = 0;
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.1);
        plot.Grid.XAxisStyle.IsVisible = chart.XNames is null;
        plot.Legend.FontSize = TickSize;
        plot.Legend.OutlineWidth = 0;
        plot.Legend.ShadowColor = Colors.Transparent;
        if (legend) plot.ShowLegend(Edge.Right);
        else plot.HideLegend();
        plot.Font.Set(font);
        plot.Legend.FontName = font;
    }
}
