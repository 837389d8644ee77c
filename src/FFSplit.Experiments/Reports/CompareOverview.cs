using System.Globalization;

namespace FFSplit.Experiments.Reports;

/// <summary>All comparisons of methods at a glance: what each lost against the dense model, by task, and in the mean.</summary>
static class CompareOverview
{
    static readonly string[] s_stages = ["raw", "repaired", "tuned"];

    /// <summary>A table for each stage that any comparison reached; nothing without comparisons.</summary>
    public static IEnumerable<string> Blocks(IReadOnlyList<ExperimentReport> reports)
    {
        ExperimentReport[] compared = [.. reports.Where(r => r is { Experiment: "compare", Deciding: not null })];
        if (compared.Length == 0) yield break;
        yield return "## Methods at equal size, at a glance";
        yield return "What each lost against the dense model, in points of the task's metric, mean and standard deviation over the seeds; below 0 it "
            + "is better than the dense model. The mean over a model's tasks leaves out perplexity. Sizes, values and how each was made are in the "
            + "sections below.";
        foreach (var stage in s_stages)
        {
            string[] methods = [.. compared.SelectMany(Names).Where(n => n.EndsWith(" " + stage, StringComparison.Ordinal)).Distinct()
                .Select(n => n[..^(stage.Length + 1)])];
            if (methods.Length == 0) continue;
            yield return $"**{char.ToUpperInvariant(stage[0])}{stage[1..]}**";
            yield return string.Join('\n', Markdown.Table(new ReportTable(stage, ["model", "task", "metric", "dense", .. methods],
                [.. compared.GroupBy(r => r.Model).SelectMany(of => Rows([.. of], methods, stage))])));
        }
    }

    static IEnumerable<string[]> Rows(ExperimentReport[] reports, string[] methods, string stage)
    {
        foreach (var report in reports)
        {
            var tally = new Tally(report.Measurements, report.Deciding!);
            yield return [report.Model, report.Task, report.Deciding!.Name, $"{tally.Main(Tally.Dense)}",
                .. methods.Select(m => Loss(report, m, stage) is { } loss ? $"{loss}" : "")];
        }
        ExperimentReport[] points = [.. reports.Where(r => r.Deciding!.HigherIsBetter)];
        if (points.Length < 2) yield break;
        yield return [reports[0].Model, $"mean of {points.Length} tasks", "", "",
            .. methods.Select(m => Mean([.. points.Select(r => Loss(r, m, stage)?.Mean)]))];
    }

    // Where a task lacks a method, its mean would be of other tasks than the rest.
    static string Mean(double?[] losses)
        => losses.All(l => l is not null) ? losses.Average()!.Value.ToString("F2", CultureInfo.InvariantCulture) : "";

    static Statistic? Loss(ExperimentReport report, string method, string stage)
        => Names(report).Contains($"{method} {stage}")
            ? new Tally(report.Measurements, report.Deciding!).Loss($"{method} {stage}", report.Deciding!.Name) : null;

    static IEnumerable<string> Names(ExperimentReport report) => report.Measurements.Select(m => m.Name);
}
