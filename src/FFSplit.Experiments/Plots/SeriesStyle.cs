using ScottPlot;

namespace FFSplit.Experiments.Plots;

/// <summary>How one series looks. Marker and colour both tell series apart, for whoever sees no colours.</summary>
readonly record struct SeriesStyle(Color Color, MarkerShape Marker)
{
    // The palette of M. Okabe and K. Ito, "Color Universal Design" (2008), without its yellow, which is too light for a line on white.
    static readonly Color[] Palette =
        [.. new[] { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000" }.Select(Color.FromHex)];

    static readonly MarkerShape[] Markers =
    [
        MarkerShape.FilledCircle, MarkerShape.FilledSquare, MarkerShape.FilledTriangleUp, MarkerShape.FilledDiamond,
        MarkerShape.FilledTriangleDown, MarkerShape.OpenCircle, MarkerShape.OpenSquare,
    ];

    /// <summary>That of one of so many series; many are taken for an ordered set, such as layers, from dark to light.</summary>
    public static SeriesStyle Of(int index, int count)
        => new(count <= Palette.Length ? Palette[index] : new ScottPlot.Colormaps.Viridis().GetColor(0.92 * index / (count - 1)),
            Markers[index % Markers.Length]);
}
