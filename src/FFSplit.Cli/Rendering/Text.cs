using System.Globalization;

namespace FFSplit.Cli.Rendering;

/// <summary>Numbers as people read them, the same in every locale.</summary>
static class Text
{
    const string Levels = "▁▂▃▄▅▆▇█";

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    /// <summary>Hundredths without their sign, for columns that say it once.</summary>
    public static string Hundredths(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    public static string Whole(double share) => (100 * share).ToString("0", CultureInfo.InvariantCulture) + " %";

    public static string Number(double value, int digits)
    {
        var text = value.ToString("F" + digits, CultureInfo.InvariantCulture);
        // What rounds to nothing has no sign.
        return text.StartsWith('-') && text.AsSpan().IndexOfAnyInRange('1', '9') < 0 && double.IsFinite(value) ? text[1..] : text;
    }

    /// <summary>"−43.3 %", or "+2.0 %" where it grew.</summary>
    public static string Change(double reduction) => (reduction >= 0 ? "−" : "+") + Percent(Math.Abs(reduction));

    public static string Bytes(long bytes)
    {
        string[] units = ["B", "kB", "MB", "GB", "TB"];
        var (value, unit) = ((double)bytes, 0);
        while (value >= 1000 && unit < units.Length - 1) (value, unit) = (value / 1000, unit + 1);
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }

    public static string Duration(double seconds) => seconds switch
    {
        < 10 => seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s",
        < 120 => seconds.ToString("0", CultureInfo.InvariantCulture) + " s",
        < 7200 => (seconds / 60).ToString("0", CultureInfo.InvariantCulture) + " min",
        _ => (seconds / 3600).ToString("0.0", CultureInfo.InvariantCulture) + " h",
    };

    /// <summary>A bar of full and light blocks.</summary>
    public static string Bar(double share, int width)
    {
        var full = (int)Math.Round(Math.Clamp(double.IsFinite(share) ? share : 0, 0, 1) * width);
        return new string('█', full) + new string('░', width - full);
    }

    /// <summary>Descending values as columns of eight heights on a logarithmic scale of three decades; each column shows the largest of its
    /// values.</summary>
    public static string Sparkline(IReadOnlyList<double> values, int width)
    {
        const double Decades = 3;
        var most = values.DefaultIfEmpty(0).Max();
        var columns = Math.Min(width, values.Count);
        if (!(most > 0)) return new string(Levels[0], columns);
        return string.Concat(Enumerable.Range(0, columns).Select(c =>
        {
            var (from, to) = ((int)((long)c * values.Count / columns), (int)((c + 1L) * values.Count / columns));
            var height = 1 + Math.Log10(values.Skip(from).Take(to - from).Max() / most) / Decades;
            return Levels[(int)Math.Clamp(height * Levels.Length, 0, Levels.Length - 1)];
        }));
    }
}
