using FFSplit.Evaluation;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>Models side by side.</summary>
static class ComparisonView
{
    public static void Write(IAnsiConsole console, Comparison comparison)
    {
        var cells = ComparisonTable.Of(comparison);
        var table = Tables.New();
        foreach (var column in cells.Columns) Tables.Column(table, column, right: column is not "model" and not "check");
        foreach (var row in cells.Rows) table.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(table);
        SizesView.Line(console, $"{comparison.Metric}: {(comparison.HigherIsBetter ? "higher" : "lower")} is better; the drop is against {comparison.Models[0].Result.Model}.");
        foreach (var model in comparison.Models)
        {
            if (model.DropInterval is not { } interval) continue;
            SizesView.Line(console, double.IsNaN(interval.Low) ? $"{model.Result.Model}: no interval can be drawn on these samples."
                : interval.ExcludesZero ? $"{model.Result.Model}: the difference is more than the choice of samples explains ({interval.Resamples} paired resamples)."
                : $"{model.Result.Model}: within what the choice of samples explains: 0 lies in the interval ({interval.Resamples} paired resamples).");
        }
    }

    public static IEnumerable<string> Failures(Comparison comparison) => comparison.Models.Where(m => !m.Passed)
        .Select(m => !double.IsFinite(m.Result.Value)
        ? $"check failed: {m.Result.Model} gives no number for {comparison.Metric} (found {m.Result.Value})."
        : m.Drop is not { } drop
        ? $"check failed: --max-drop: the {comparison.Metric} of {m.Result.Model} does not compare with that of {comparison.Models[0].Result.Model}: "
            + "they cut the text into different tokens. Compare bits_per_byte without --max-drop."
        : $"check failed: {m.Result.Model} is worse than {comparison.Models[0].Result.Model} by {Text.Number(drop, 4)} "
            + $"{comparison.Metric}; at most {comparison.MaxDrop} was expected.");
}
