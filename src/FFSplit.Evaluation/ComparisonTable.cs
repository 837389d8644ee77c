using System.Globalization;

namespace FFSplit.Evaluation;

/// <summary>A comparison as cells of text, for whoever draws tables.</summary>
/// <param name="Columns">Headings: model, every metric, drop, check, samples, tokens, seconds.</param>
/// <param name="Rows">A row for each model, as many cells as headings; numbers with a point, whatever the machine's language.</param>
public sealed record ComparisonTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Lays a comparison out. The column "check" is there only where a bound was asked for or a value is missing.</summary>
    public static ComparisonTable Of(Comparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        string[] metrics = [.. comparison.Models.SelectMany(m => m.Result.Metrics.Keys).Distinct()];
        var checks = comparison.MaxDrop is not null || !comparison.Passed;
        string[] columns = ["model", .. metrics, "drop", .. checks ? ["check"] : Array.Empty<string>(), "samples", "tokens", "seconds"];
        var rows = comparison.Models.Select(IReadOnlyList<string> (m, i) =>
        [
            m.Result.Model,
            .. metrics.Select(name => m.Result.Metrics.TryGetValue(name, out var value) ? Number(value, 4) : ""),
            i == 0 ? "" : Number(m.Drop, 4),
            .. checks ? [m.Passed ? "passed" : "failed"] : Array.Empty<string>(),
            Number(m.Result.Samples, 0),
            Number(m.Result.Tokens, 0),
            Number(m.Result.Seconds, 1),
        ]);
        return new ComparisonTable(columns, [.. rows]);
    }

    static string Number(double value, int digits) => value.ToString(digits == 0 ? "N0" : $"F{digits}", CultureInfo.InvariantCulture);
}
