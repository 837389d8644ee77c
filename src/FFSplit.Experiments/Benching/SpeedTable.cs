using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Experiments.Reports;

namespace FFSplit.Experiments.Benching;

/// <summary>Measurements of the same models as Markdown: how many times as fast as the first each is.</summary>
static class SpeedTable
{
    /// <summary>A line for each measurement: the first model's time, and of each other model the ratio.</summary>
    public static string Make(IReadOnlyList<BenchResult> results)
    {
        var (first, others) = (results[0].Rows[0].Name, results[0].Rows.Skip(1).Select(r => r.Name));
        return string.Join('\n',
            Markdown.Table(new ReportTable("", ["batch × length, threads", $"{first}, ms", .. others], [.. results.Select(Line)])));
    }

    /// <summary>From the smallest to the largest ratio of one model: "1.7 to 3.3".</summary>
    /// <param name="results">All measurements.</param>
    /// <param name="model">Its name.</param>
    /// <param name="where">What asks, for the message.</param>
    /// <exception cref="BadInputException">There is no such model.</exception>
    public static string Range(IReadOnlyList<BenchResult> results, string model, string where)
    {
        double[] ratios = [.. results.SelectMany(r => r.Rows).Where(r => r.Name == model).Select(r => r.Ratio)];
        return ratios.Length > 0 ? $"{Number(ratios.Min(), 1)} to {Number(ratios.Max(), 1)}"
            : throw new BadInputException(where, $"one of {string.Join(", ", results[0].Rows.Select(r => r.Name))}", $"'{model}'",
                "Name a model that was measured.");
    }

    static IReadOnlyList<string> Line(BenchResult result)
        => [Shape(result), Milliseconds(result.Rows[0]), .. result.Rows.Skip(1).Select(m => Number(m.Ratio, 2))];

    static string Shape(BenchResult result) => string.Create(CultureInfo.InvariantCulture,
        $"{result.Batch} × {(result.Decode ? "1 after " : "")}{result.Length}, {result.Machine.Threads}{(result.Spinning ? ", spinning" : "")}");

    static string Milliseconds(BenchRow row) => Number(row.Milliseconds, row.Milliseconds < 10 ? 2 : 1);

    static string Number(double value, int digits) => value.ToString($"F{digits}", CultureInfo.InvariantCulture);
}
