using System.Text.RegularExpressions;
using FFSplit.Experiments.Reports;
using ScottPlot;

namespace FFSplit.Experiments.Plots;

/// <summary>Draws a chart. The same chart always gives the same bytes on one machine.</summary>
public static partial class ChartWriter
{
    /// <summary>Width of every picture, in pixels.</summary>
    public const int Width = 900;

    /// <summary>Height of every picture, in pixels.</summary>
    public const int Height = 540;

    /// <summary>As a PNG file.</summary>
    /// <exception cref="ArgumentException">Series of unequal lengths.</exception>
    public static byte[] Png(Chart chart)
    {
        using var plot = ChartDrawing.Draw(chart);
        return plot.GetImageBytes(Width, Height, ImageFormat.Png);
    }

    /// <summary>As the text of an SVG file.</summary>
    /// <exception cref="ArgumentException">Series of unequal lengths.</exception>
    public static string Svg(Chart chart)
    {
        using var plot = ChartDrawing.Draw(chart);
        var svg = plot.GetSvgXml(Width, Height).ReplaceLineEndings("\n");
        // Verdana has the same widths, and where neither is there, any font will do.
        svg = svg.Replace($"font-family=\"{PlotFont.Family}\"", $"font-family=\"{PlotFont.Family}, Verdana, sans-serif\"",
            StringComparison.Ordinal);
        // Skia numbers clips through the life of the process.
        var clips = new Dictionary<string, string>();
        return ClipName.Replace(svg, match =>
        {
            if (!clips.TryGetValue(match.Value, out var name)) clips[match.Value] = name = $"clip{clips.Count}";
            return name;
        });
    }

    [GeneratedRegex(@"(?<=[""#])cl_[0-9a-f]+(?=["")])")]
    static partial Regex ClipName { get; }
}
