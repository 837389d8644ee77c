using System.Globalization;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Importances;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Experiments.Comparing;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Neurons;

/// <summary>Do heavy sets carry over? The neurons are chosen on other tasks' text, and the split is judged on the own task.</summary>
sealed class TransferExperiment : IExperiment
{
    const string Generic = "built-in text", Random = "random neurons";

    static readonly string[] s_methods = ["paper", "prune-light"];

    public string Name => "transfer";

    public string Summary => "Choose heavy neurons on another task's text (--other), judge on this one.";

    public ExperimentFindings Run(Workbench bench)
    {
        var trainings = new Trainings(bench);
        string[] sources = [bench.Options.Task, .. bench.Options.Others.Select(o => o.Name), Generic];
        foreach (var seed in bench.Options.Seeds)
        {
            var dense = trainings.Dense(seed);
            bench.Judge("dense", seed, () => dense);
            var all = new Dictionary<string, NeuronScores>();
            NeuronScores Scores(string source)
            {
                if (!all.TryGetValue(source, out var scores)) all[source] = scores = NeuronScores.Of(bench, dense, TextOf(bench, source, seed));
                return scores;
            }

            foreach (var source in sources)
                bench.Measure($"overlap {source}", seed, () => new Dictionary<string, double>
                {
                    ["jaccard"] = Jaccard(Scores(sources[0]), Scores(source), bench.Options.Sizes),
                });
            foreach (var method in s_methods)
                foreach (var source in (string[])[.. sources, Random])
                {
                    var folder = $"{method}-from-{source.Replace(' ', '-')}-seed{seed}";
                    bench.Judge($"{method} from {source}", seed, () => bench.Model(folder, path =>
                    {
                        var scores = Scores(source == Random ? sources[0] : source);
                        var plan = Planner.Plan(scores.Checkpoint, scores.Statistics, new PlanOptions
                        {
                            Method = method,
                            Importance = source == Random ? "random" : "paper",
                            Sizes = bench.Options.Sizes,
                            Seed = seed,
                            Repair = false,
                        });
                        SplitWriter.Write(scores.Checkpoint, plan, path, type: null, force: false, bench.Progress, cancellation: bench.Cancellation);
                    }));
                    bench.Discard(folder);
                }
            foreach (var scores in all.Values) scores.Dispose();
        }
        return Report(bench, sources);
    }

    static CalibrationOptions TextOf(Workbench bench, string source, int seed)
        => source == Generic ? new CalibrationOptions { Seed = seed }
            : bench.Options.Others.FirstOrDefault(o => o.Name == source) is { Path: { } path } ? bench.Subject.Calibration(source, path, seed)
            : bench.Subject.Calibration(seed);

    // The mean over layers.
    static double Jaccard(NeuronScores own, NeuronScores other, SplitSizes sizes)
        => own.Statistics.Whole.Layers.Select((_, l) =>
        {
            var count = (int)Math.Round(sizes.Heavy * own.Energy(l).Length, MidpointRounding.AwayFromZero);
            var first = Importance.Top(own.Energy(l), count).ToHashSet();
            var both = Importance.Top(other.Energy(l), count).Count(first.Contains);
            return both / (2.0 * count - both);
        }).Average();

    static ExperimentFindings Report(Workbench bench, string[] sources)
    {
        var subject = bench.Subject;
        Statistic Of(string name, string value) => Statistic.Of([.. bench.Measurements.Where(m => m.Name == name).Select(m => m.Values[value])]);
        string Cell(string source, string method) => $"{Of($"{method} from {source}", subject.Metric)}";
        var name = $"{subject.ModelName}, {bench.Options.Task}";
        var rows = sources.Select(s => (IReadOnlyList<string>)[s, $"{Of($"overlap {s}", "jaccard")}", .. s_methods.Select(m => Cell(s, m))])
            .Append([Random, "", .. s_methods.Select(m => Cell(Random, m))]);
        var findings = sources.Skip(1).Select(source =>
        {
            var (own, other, random) = (Of($"paper from {sources[0]}", subject.Metric).Mean, Of($"paper from {source}", subject.Metric).Mean,
                Of($"paper from {Random}", subject.Metric).Mean);
            var (lost, most) = (subject.Loss(own, other), subject.Loss(own, random));
            return new Finding("Heavy sets carry over: neurons chosen on another text cost less than a tenth of what drawn ones cost", lost < most / 10,
                string.Create(CultureInfo.InvariantCulture, $"{name}: {subject.Metric} {own:F2} with the own text's, {other:F2} with {source}'s, {random:F2} with drawn ones"));
        });
        double[] x = [.. Enumerable.Range(0, sources.Length + 1).Select(i => (double)i)];
        return new ExperimentFindings($"Heavy sets of other texts: {name}",
            $"{subject.Metric} of the dense model: {Of("dense", subject.Metric)}. The split's heavy neurons were chosen on the text named; nothing is repaired or "
            + $"trained. With the own text's neurons the paper's split reaches {Cell(sources[0], "paper")}, with drawn ones {Cell(Random, "paper")}.")
        {
            Findings = [.. findings],
            Tables = [new ReportTable(subject.Metric, ["neurons chosen on", "Jaccard with own", .. s_methods], [.. rows])],
            Charts =
            [
                new Chart("sources", $"{name}: neurons chosen on other texts", "", subject.Metric, ChartKind.Bars,
                    [.. s_methods.Select(m => new Series(m, x, [.. sources.Append(Random).Select(s => Of($"{m} from {s}", subject.Metric).Mean)]))])
                { XNames = [.. sources, Random] },
            ],
        };
    }
}
