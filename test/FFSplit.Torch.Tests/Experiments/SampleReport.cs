using FFSplit.Experiments.Reports;

namespace FFSplit.Torch.Tests.Experiments;

/// <summary>Made-up reports and charts.</summary>
static class SampleReport
{
    public static ExperimentReport Of(string experiment = "ablate", string model = "tiny", string task = "sst2") => new()
    {
        Experiment = experiment,
        Model = model,
        Task = task,
        Title = $"{experiment} of {model} on {task}",
        Command = $"ffsplit experiment {experiment} models/{model}",
        Date = "2026-02-03",
        Machine = new Machine("A processor", 2, 1, "A system"),
        ToolVersion = "0.1.0",
        Seeds = [0, 1],
        Seconds = 600,
        Paragraph = "The heavy neurons were removed, and it showed.",
        Findings = [new Finding("Heavy neurons matter more than light ones", true, $"{task}: 50 without the heavy, 90 without the light")],
        Tables = [new ReportTable("Accuracy", ["removed", "accuracy"], [["heavy", "50.1 ± 0.2"], ["light", "–"]])],
        Charts = [Bars()],
        Measurements = [new Measurement("heavy", 1, new Dictionary<string, double> { ["accuracy"] = 0.501, ["loss"] = double.NaN })],
        Notices = ["Only 3 samples were there."],
    };

    public static Chart Bars(string title = "Accuracy") => new("accuracy", title, "", "accuracy", ChartKind.Bars,
        [new Series("raw", [0, 1], [50, 90]) { Spread = [2, 1] }, new Series("tuned", [0, 1], [70, 91])])
    {
        XNames = ["heavy", "light"],
    };

    public static Chart Line(params double[] y) => new("line", "A line", "x", "y", ChartKind.Lines,
        [new Series("a", [.. Enumerable.Range(1, y.Length).Select(i => (double)i)], y)]);
}
