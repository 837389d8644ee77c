using System.Globalization;
using FFSplit.Compression.Analysis;
using FFSplit.Compression.Jobs;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Neurons;

/// <summary>How unequal a model's neurons are: the curve of their norms in every layer.</summary>
sealed class HeavyHittersExperiment : IExperiment
{
    const int Points = 200;

    public string Name => "heavy-hitters";

    public string Summary => "The norms of all neurons in every layer, and how often a heavy one is heavy.";

    public ExperimentFindings Run(Workbench bench)
    {
        var (options, subject) = (bench.Options, bench.Subject);
        var seed = options.Seeds[0];
        var model = new Trainings(bench).Dense(seed)();
        var report = bench.Work(() => AnalyzeJob.Run(new AnalyzeOptions
        {
            Model = model,
            AllowedConfig = options.AllowedConfig,
            Statistics = new StatisticsInput { Calibration = subject.Calibration(seed) },
            Heavy = options.Sizes.Heavy,
        }, bench.Progress, bench.Cancellation));
        foreach (var layer in report.Layers)
            bench.Measure($"layer {layer.Layer}", seed, () => new Dictionary<string, double>
            {
                ["energy_share"] = 100 * Quarter(layer.Energy),
                ["output_energy_share"] = 100 * Quarter(layer.OutputEnergy),
                ["active_share"] = 100 * layer.ActiveShare,
                ["heavy_in_top_quarter"] = 100 * layer.HeavyInTopQuarter,
                ["always_heavy"] = 100 * layer.AlwaysHeavy,
                ["jaccard"] = layer.Jaccard,
            });
        var often = report.Layers.Select(l => l.HeavyInTopQuarter).ToArray();
        var name = $"{subject.ModelName}, {options.Task}";
        var (share, rate) = (Range(report.Layers.Select(l => Quarter(l.Energy))), Range(often));
        return new ExperimentFindings($"Heavy hitters: {name}", string.Create(CultureInfo.InvariantCulture,
            $"On {report.Tokens:N0} tokens of {report.Data} the top 25 % of the neurons hold {share} of Σ h² of their layer. A heavy neuron is among a ")
            + $"token's own top 25 % on {rate} of the tokens. Heavy sets of two halves of the text share "
            + string.Create(CultureInfo.InvariantCulture, $"{report.Layers.Min(l => l.Jaccard):F2} to {report.Layers.Max(l => l.Jaccard):F2} (Jaccard)."))
        {
            Findings =
            [
                new Finding("The heaviest quarter of the neurons holds more than half of the energy in every layer",
                    report.Layers.All(l => Quarter(l.Energy) > 0.5),
                    $"{name}: {share}"),
                new Finding("A heavy neuron is heavy on nearly every token (in the token's own top quarter on 9 of 10)", often.Min() >= 0.9,
                    $"{name}: on {rate} of the tokens"),
            ],
            Tables =
            [
                new ReportTable("Layers", ["layer", "top 25 % hold", "of output", "active", "heavy in own top 25 %", "halves' Jaccard"],
                    [.. report.Layers.Select(Row)]),
            ],
            Charts =
            [
                new Chart("norms", $"{name}: norms of neurons, sorted", "neurons of the layer, %", "root mean square of h", ChartKind.Lines,
                    [.. report.Layers.Select(l => Curve($"layer {l.Layer}", l.SortedNorms))]) { LogY = true },
            ],
        };
    }

    static string[] Row(LayerReport l) =>
    [
        $"{l.Layer}", Percent(Quarter(l.Energy)), Percent(Quarter(l.OutputEnergy)), Percent(l.ActiveShare), Percent(l.HeavyInTopQuarter),
        l.Jaccard.ToString("F2", CultureInfo.InvariantCulture),
    ];

    static string Range(IEnumerable<double> shares) => string.Create(CultureInfo.InvariantCulture, $"{100 * shares.Min():F0} to {100 * shares.Max():F0} %");

    static Series Curve(string name, IReadOnlyList<double> norms)
    {
        int[] at = [.. Enumerable.Range(0, Points).Select(i => (int)((long)i * (norms.Count - 1) / (Points - 1))).Distinct()];
        return new Series(name, [.. at.Select(i => 100.0 * i / norms.Count)], [.. at.Select(i => norms[i])]);
    }

    static double Quarter(IReadOnlyList<EnergyShare> shares) => shares.First(s => s.Top == 0.25).Share;

    static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:F1} %");
}
