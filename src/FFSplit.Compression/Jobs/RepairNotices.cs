using System.Globalization;
using FFSplit.Compression.Repair;

namespace FFSplit.Compression.Jobs;

/// <summary>What the user should know about a repair, or about there being none.</summary>
static class RepairNotices
{
    /// <summary>Said where nothing was asked for and there is no text to fit on.</summary>
    public static IEnumerable<string> WhyOff(CompressOptions options)
    {
        if (options.Plan.Repair is not null || options.HasText) yield break;
        var why = options.PlanFile is not null ? "a plan holds no tokens to fit on"
            : options.Statistics.Files.Count > 0 ? "statistics hold no tokens to fit on"
            : "without --data there is no text of yours to fit on";
        yield return $"Repair is off: {why}. For a repaired split give --data and --repair as well.";
    }

    /// <summary>Said of what was reached.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<LayerRepair?>? repairs)
    {
        var layers = repairs?.OfType<LayerRepair>().ToArray() ?? [];
        var perFeature = (long)new RepairOptions().TokensPerFeature;
        if (layers.Any(l => l.HeldOutTokens == 0))
        {
            yield return "The calibration text is a single sample: nothing could be held out, so nothing was repaired. Give more text.";
            yield break;
        }
        if (layers.Where(l => l.Tokens < perFeature * l.Features).ToArray() is { Length: > 0 } few)
            yield return $"Repair fitted {Count(few.Max(l => l.Features))} unknowns an output on {Count(few.Min(l => l.Tokens))} tokens; "
                + $"at least {Count(few.Max(l => l.Features) * perFeature)} are better. Stronger ridges were tried as well; give more text.";
        if (layers.Count(l => !l.Kept) is > 0 and var rejected)
            yield return $"In {rejected} of {layers.Length} layers the repair did not lower the held-out error; they stay raw.";
    }

    static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
