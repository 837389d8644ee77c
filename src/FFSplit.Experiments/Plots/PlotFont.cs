using System.Reflection;
using ScottPlot;
using SkiaSharp;

namespace FFSplit.Experiments.Plots;

/// <summary>The font of all plots, which comes along, because a bare Debian has none and no two machines have the same.</summary>
sealed class PlotFont : IFontResolver
{
    /// <summary>DejaVu Sans (https://dejavu-fonts.github.io), in assets/fonts.</summary>
    public const string Family = "DejaVu Sans";

    const string Resource = "FFSplit.Experiments.DejaVuSans.ttf";

    static readonly PlotFont Instance = Register();

    /// <summary>Makes the plotting library find the font under its name.</summary>
    /// <returns>The name.</returns>
    public static string Use() => Instance is null ? "" : Family;

    static PlotFont Register()
    {
        var font = new PlotFont();
        // Before the system's fonts, which may hold another version.
        Fonts.FontResolvers.Insert(0, font);
        return font;
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing)
    {
        if (fontName != Family) return null;
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing.");
        return SKTypeface.FromStream(stream);
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic)
        => CreateTypeface(fontName, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);
}
