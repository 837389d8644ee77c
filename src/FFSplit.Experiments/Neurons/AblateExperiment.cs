using System.Globalization;
using FFSplit.Evaluation.Samples;
using FFSplit.Experiments.Comparing;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Neurons;

/// <summary>Do heavy neurons matter? A share of every layer's neurons is removed: those of the largest norm, of the smallest, and drawn
/// ones.</summary>
sealed class AblateExperiment : IExperiment
{
    const string Claim = "Heavy neurons matter: without the 3 % of the largest norm a model loses more than without 3 % of the smallest or of drawn ones";

    // The paper's share, and some around it, up to what the light part of a split is.
    static readonly double[] s_shares = [0.01, 0.03, 0.1, 0.25, 0.5];

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
            bench.Judge("dense", seed, () => dense);
            NeuronScores? scores = null;
            foreach (var share in s_shares)
                foreach (var (choice, choose) in s_choices)
                {
                    var folder = $"without-{choice.Replace(' ', '-')}-{Text(share)}-seed{seed}";
                    bench.Judge(Label(choice, share), seed, () => bench.Model(folder, path =>
                    {
                        scores ??= NeuronScores.Of(bench, dense, bench.Subject.Calibration(seed));
                        scores.Without([.. Enumerable.Range(0, scores.Checkpoint.Architecture.Blocks.Count)
                            .Select(l => choose(scores.Order(l), Count(scores.Energy(l).Length, share), l, seed).ToHashSet())], path, bench);
                    }));
                    bench.Discard(folder);
                }
            scores?.Dispose();
        }
        return Report(bench);
    }

    static ExperimentFindings Report(Workbench bench)
    {
        var subject = bench.Subject;
        Statistic Of(string name, string? metric = null) => Statistic.Of(
            [.. bench.Measurements.Where(m => m.Name == name).Select(m => m.Values[metric ?? subject.Metric])]);
        double Loss(string choice) => subject.Loss(Of("dense").Mean, Of(Label(choice, 0.03)).Mean);
        var tables = subject.ShownMetrics.Select(metric => new ReportTable(metric, ["removed", .. s_choices.Select(c => c.Name)],
        [
            ["none", .. s_choices.Select(_ => $"{Of("dense", metric)}")],
            .. s_shares.Select(s => (IReadOnlyList<string>)[$"{Text(100 * s)} %", .. s_choices.Select(c => $"{Of(Label(c.Name, s), metric)}")]),
        ]));
        double[] x = [0, .. s_shares.Select(s => 100 * s)];
        var chart = new Chart("removed", $"{subject.ModelName} on {bench.Options.Task}: neurons removed from every layer", "removed neurons, %",
            subject.Metric, ChartKind.Lines,
            [.. s_choices.Select(c => new Series(c.Name, x, [Of("dense").Mean, .. s_shares.Select(s => Of(Label(c.Name, s)).Mean)]))])
        { LogY = !subject.HigherIsBetter };
        var (top, bottom, drawn) = (Loss("largest norm"), Loss("smallest norm"), Loss("drawn"));
        var evidence = string.Create(CultureInfo.InvariantCulture,
            $"{subject.ModelName}, {bench.Options.Task}: {subject.Metric} {Of("dense")} loses {top:F2}, {bottom:F2} and {drawn:F2}");
        return new ExperimentFindings($"Which neurons matter: {subject.ModelName} on {bench.Options.Task}",
            $"{subject.Metric} of the whole model: {Of("dense")}. Without the 3 % of every layer's neurons with the largest norm (Σ h² on calibration text) it is "
            + $"{Of(Label("largest norm", 0.03))}, without the 3 % with the smallest {Of(Label("smallest norm", 0.03))}, without 3 % drawn at random "
            + $"{Of(Label("drawn", 0.03))}. Nothing is repaired or trained.")
        {
            Findings = [new Finding(Claim, top > bottom && top > drawn, evidence)],
            Tables = [.. tables],
            Charts = [chart],
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
