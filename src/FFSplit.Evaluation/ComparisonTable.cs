using System.Globalization;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Evaluation;

/// <summary>A comparison as cells of text, for whoever draws tables.</summary>
/// <param name="Columns">Headings: model, every metric, drop, its interval, how near the outputs are, check, samples, tokens,
/// seconds.</param>
/// <param name="Rows">A row for each model, as many cells as headings; numbers with a point, whatever the machine's language.</param>
public sealed record ComparisonTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    static readonly (string Heading, Func<Fidelity, double?> Value, int Digits)[] s_fidelity =
    [
        ("KL", f => f.KlDivergence, 4),
        ("agree %", f => f.Agreement, 2),
        ("cosine", f => f.Cosine, 4),
        ("deviation", f => f.Deviation, 4),
    ];

    /// <summary>Lays a comparison out. Columns that no model fills are left out; "check" is there only where a bound was asked for or a
    /// value is missing.</summary>
    public static ComparisonTable Of(Comparison comparison)
    {
        ArgumentNullException.ThrowIfNull(comparison);
        string[] metrics = [.. comparison.Models.SelectMany(m => m.Result.Metrics.Keys).Distinct()];
        var interval = comparison.Models.Select(m => m.DropInterval).FirstOrDefault(i => i is not null);
        var checks = comparison.MaxDrop is not null || !comparison.Passed;
        var columns = new List<(string Heading, Func<ComparedModel, string> Cell)> { ("model", m => m.Result.Model) };
        columns.AddRange(metrics.Select(name =>
            (name, Cell(m => m.Result.Metrics.TryGetValue(name, out var value) ? Number(value, 4) : ""))));
        columns.Add(("drop", m => !ReferenceEquals(m, comparison.Models[0]) && m.Drop is { } drop ? Number(drop, 4) : ""));
        if (interval is not null)
            columns.Add(($"{(100 * interval.Level).ToString("0.#", CultureInfo.InvariantCulture)} % of drops",
                m => m.DropInterval is { } i ? $"{Number(i.Low, 4)} … {Number(i.High, 4)}" : ""));
        foreach (var (heading, value, digits) in s_fidelity)
            if (comparison.Models.Any(m => m.AgainstFirst is { } f && value(f) is not null))
                columns.Add((heading, m => m.AgainstFirst is { } f && value(f) is { } there ? Number(there, digits) : ""));
        if (checks) columns.Add(("check", m => m.Passed ? "passed" : "failed"));
        columns.Add(("samples", m => Number(m.Result.Samples, 0)));
        columns.Add(("tokens", m => Number(m.Result.Tokens, 0)));
        columns.Add(("seconds", m => Number(m.Result.Seconds, 1)));
        return new ComparisonTable([.. columns.Select(c => c.Heading)],
            [.. comparison.Models.Select(IReadOnlyList<string> (m) => [.. columns.Select(c => c.Cell(m))])]);
    }

    static Func<ComparedModel, string> Cell(Func<ComparedModel, string> cell) => cell;

    static string Number(double value, int digits) => value.ToString(digits == 0 ? "N0" : $"F{digits}", CultureInfo.InvariantCulture);
}
