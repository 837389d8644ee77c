using System.Reflection;
using ScottPlot;
using SkiaSharp;

namespace FFSplit.Experiments.Plots;

/// <summary>The font of all plots, which comes along, because a bare Debian has none and no two machines have the same.</summary>
sealed class PlotFont(string name) : IFontResolver
{
    const string Resource = "FFSplit.Experiments.DejaVuSans.ttf";

    /// <summary>
    /// Its name: DejaVu Sans (https://dejavu-fonts.github.io), in assets/fonts. Whoever asks for the name finds the font known to the
    /// plotting library; ask before a plot is made, since the library's list of fonts is not made for threads.
    /// </summary>
    public static string Family { get; } = Register("DejaVu Sans");

    static string Register(string name)
    {
        // Before the system's fonts, which may hold another version.
        Fonts.FontResolvers.Insert(0, new PlotFont(name));
        return name;
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing)
    {
        if (fontName != name) return null;
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing.");
        return SKTypeface.FromStream(stream);
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic)
        => CreateTypeface(fontName, FontWeight.Normal, FontSlant.Upright, FontSpacing.Normal);
}
