using System.Globalization;

namespace FFSplit.Experiments.Reports;

/// <summary>How long something took, as people say it.</summary>
static class Durations
{
    public static string Format(double seconds) => seconds switch
    {
        < 120 => seconds.ToString("0", CultureInfo.InvariantCulture) + " s",
        < 7200 => (seconds / 60).ToString("0", CultureInfo.InvariantCulture) + " min",
        _ => (seconds / 3600).ToString("0.0", CultureInfo.InvariantCulture) + " h",
    };
}
