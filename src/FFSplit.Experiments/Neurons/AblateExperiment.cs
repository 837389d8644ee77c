using System.Globalization;
using FFSplit.Evaluation.Samples;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Neurons;

/// <summary>Do heavy neurons matter? A share of every layer's neurons is removed: those of the largest norm, of the smallest, and drawn
/// ones.</summary>
sealed class AblateExperiment : IExperiment
{
    const string Claim = "Heavy neurons matter: without the 3 % of the largest norm a model loses more than without 3 % of the smallest or of "
        + "drawn ones";
    const double PaperShare = 0.03;

    // Others around it, towards what the light part of a split is.
    static readonly double[] s_shares = [0.01, PaperShare, 0.1, 0.25, 0.5];

    static readonly (string Name, Func<int[], int, int, int, IEnumerable<int>> Choose)[] s_choices =
    [
        ("largest norm", (order, count, _, _) => order.Take(count)),
        ("smallest norm", (order, count, _, _) => order.TakeLast(count)),
        ("drawn", Drawn),
    ];

    public string Name => "ablate";

    public string Summary => "Remove the neurons of the largest norm, of the smallest, and drawn ones, and measure the task.";

    public ExperimentFindings Run(Workbench bench)
    {
        var trainings = new Trainings(bench);
        foreach (var seed in bench.Options.Seeds)
        {
            var dense = trainings.Dense(seed);
            bench.Judge("dense", seed, dense);
            using var scores = new LazyScores(() => NeuronScores.Of(bench, dense(), bench.Subject.Calibration(seed)));
            foreach (var share in s_shares)
                foreach (var (choice, choose) in s_choices)
                {
                    var folder = $"without-{choice.Replace(' ', '-')}-{Text(share)}-seed{seed}";
                    bench.Judge(Label(choice, share), seed, () => bench.Model(folder, path => scores.Value.Without(
                        [.. Enumerable.Range(0, scores.Value.Layers)
                            .Select(l => choose(scores.Value.Order(l), Count(scores.Value.Energy(l).Length, share), l, seed).ToHashSet())],
                        path, bench)));
                    bench.Discard(folder);
                }
        }
        return Report(bench);
    }

    static ExperimentFindings Report(Workbench bench)
    {
        var (subject, tally, name) = (bench.Subject, bench.Tally, $"{bench.Subject.ModelName} on {bench.Options.Task}");
        double Loss(string choice) => tally.Loss(Label(choice, PaperShare), subject.Metric).Mean;
        double Lost(Func<string, double> of, string choice) => subject.Loss(of("dense"), of(Label(choice, PaperShare)));
        string Left(string choice) => $"{tally.Main(Label(choice, PaperShare))}";
        string[] choices = [.. s_choices.Select(c => c.Name)];
        string[] Row(double share, string metric)
            => [$"{Text(100 * share)} %", .. choices.Select(c => $"{tally.Of(Label(c, share), metric)}")];
        var (top, bottom, drawn) = (Loss("largest norm"), Loss("smallest norm"), Loss("drawn"));
        return new ExperimentFindings($"Which neurons matter: {name}",
            $"{subject.Metric} of the whole model: {tally.Main("dense")}. Without the 3 % of every layer's neurons with the largest norm (Σ h² on "
            + $"calibration text) it is {Left("largest norm")}, without the 3 % with the smallest {Left("smallest norm")}, without 3 % drawn at random "
            + $"{Left("drawn")}. Nothing is repaired or trained.")
        {
            Findings = [new Finding(Claim, tally.Holds(of => Lost(of, "largest norm") - Math.Max(Lost(of, "smallest norm"), Lost(of, "drawn"))), string.Create(CultureInfo.InvariantCulture,
                $"{name}: {subject.Metric} {tally.Main("dense")} loses {top:F2}, {bottom:F2} and {drawn:F2}"))],
            Tables = [.. subject.ShownMetrics.Select(metric => new ReportTable(metric, ["removed", .. choices],
                [["none", .. choices.Select(_ => $"{tally.Of("dense", metric)}")], .. s_shares.Select(s => Row(s, metric))]))],
            Charts =
            [
                new Chart("removed", $"{name}: neurons removed from every layer", "removed neurons, %", subject.Metric, ChartKind.Lines,
                    [.. choices.Select(c => new Series(c, [0, .. s_shares.Select(s => 100 * s)],
                        [tally.Main("dense").Mean, .. s_shares.Select(s => tally.Main(Label(c, s)).Mean)]))])
                { LogY = !subject.HigherIsBetter },
            ],
        };
    }

    static IEnumerable<int> Drawn(int[] order, int count, int layer, int seed)
    {
        var all = Enumerable.Range(0, order.Length).ToArray();
        new SeededRandom(seed * 1000L + layer).Shuffle<int>(all);
        return all.Take(count);
    }

    static int Count(int neurons, double share) => Math.Max(1, (int)Math.Round(share * neurons, MidpointRounding.AwayFromZero));

    static string Label(string choice, double share) => $"without {Text(100 * share)} percent {choice}";

    static string Text(double number) => number.ToString("0.###", CultureInfo.InvariantCulture);
}
