using FFSplit.Checkpoints;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Importances;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Evaluation.Glue;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Neurons;

/// <summary>Do heavy sets carry over? The neurons are chosen on other tasks' text, and the split is judged on the own task.</summary>
sealed class TransferExperiment : IExperiment
{
    const string Generic = "built-in text", Random = "random neurons";

    static readonly string[] s_methods = ["paper", "prune-light"];

    public string Name => "transfer";

    public bool TakesOthers => true;

    public string Summary => "Choose heavy neurons on another task's text (--other), judge on this one.";

    public ExperimentFindings Run(Workbench bench)
    {
        var trainings = new Trainings(bench);
        string[] sources = [bench.Options.Task, .. bench.Options.Others.Select(Label), Generic];
        if (sources.GroupBy(s => s).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new BadUsageException($"--other: expected texts of different names, found '{twice.Key}' {twice.Count()} times (the task's own is one).");
        foreach (var seed in bench.Options.Seeds)
        {
            var dense = trainings.Dense(seed);
            bench.Judge("dense", seed, dense);
            var all = sources.ToDictionary(s => s, s => new LazyScores(() => NeuronScores.Of(bench, dense(), TextOf(bench, s, seed))));
            try
            {
                Measure(bench, sources, source => all[source].Value, seed);
            }
            finally
            {
                foreach (var scores in all.Values) scores.Dispose();
            }
        }
        return Report(bench, sources);
    }

    static void Measure(Workbench bench, string[] sources, Func<string, NeuronScores> scoresOf, int seed)
    {
        foreach (var source in sources)
            bench.Measure($"overlap {source}", seed, () => new Dictionary<string, double>
            {
                ["jaccard"] = Jaccard(scoresOf(sources[0]), scoresOf(source), bench.Options.Sizes),
            });
        foreach (var method in s_methods)
            foreach (var source in (string[])[.. sources, Random])
            {
                var folder = $"{method}-from-{source.Replace(' ', '-')}-seed{seed}";
                bench.Judge($"{method} from {source}", seed, () => bench.Model(folder, path =>
                {
                    var scores = scoresOf(source == Random ? sources[0] : source);
                    var plan = Planner.Plan(scores.Checkpoint, scores.Statistics, new PlanOptions
                    {
                        Method = method,
                        Importance = source == Random ? "random" : "paper",
                        Sizes = bench.Options.Sizes,
                        Seed = seed,
                        Repair = false,
                    });
                    SplitWriter.Write(scores.Checkpoint, plan, path, type: null, force: false, bench.Progress,
                        cancellation: bench.Cancellation);
                }));
                bench.Discard(folder);
            }
    }

    // Texts of language models go by their files' names: their task is the same.
    static string Label((string Task, string Path) other)
        => GlueTasks.Find(other.Task) is not null ? other.Task : Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(other.Path));

    static CalibrationOptions TextOf(Workbench bench, string source, int seed)
        => source == Generic ? new CalibrationOptions { Seed = seed }
            : bench.Options.Others.FirstOrDefault(o => Label(o) == source) is { Path: { } path } other
                ? bench.Subject.Calibration(other.Task, path, seed)
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
        var (subject, tally) = (bench.Subject, bench.Tally);
        var name = $"{subject.ModelName}, {bench.Options.Task}";
        string[] all = [.. sources, Random];
        string[] Row(string source) => [source == sources[0] ? "own text" : source, source == Random ? "" : $"{tally.Of($"overlap {source}", "jaccard")}",
            .. s_methods.Select(m => $"{tally.Main($"{m} from {source}")}")];
        var chosen = $"paper from {sources[0]}";
        var (own, random) = (tally.Main(chosen), tally.Main($"paper from {Random}"));
        // Where drawn ones cost nothing, no choice shows anything.
        static double Margin(double drawn, double other) => drawn > 0 ? drawn / 10 - other : double.NaN;

        Finding Carries(string source)
        {
            var other = tally.Main($"paper from {source}");
            return new Finding("Heavy sets carry over: neurons chosen on another text cost less than a tenth of what drawn ones cost",
                tally.Holds(of => Margin(subject.Loss(of(chosen), of($"paper from {Random}")), subject.Loss(of(chosen), of($"paper from {source}")))),
                $"{name}: {subject.Metric} {own} with the own text's, {other} with {source}'s, {random} with drawn ones");
        }

        return new ExperimentFindings($"Heavy sets of other texts: {name}",
            $"{subject.Metric} of the dense model: {tally.Main("dense")}. The split's heavy neurons were chosen on the text named; nothing is repaired "
            + $"or trained. With the own text's neurons the paper's split reaches {own}, with drawn ones {random}.")
        {
            Findings = [.. sources.Skip(1).Select(Carries)],
            Tables = [new ReportTable(subject.Metric, ["neurons chosen on", "Jaccard with own", .. s_methods], [.. all.Select(Row)])],
            Charts =
            [
                new Chart("sources", $"{name}: neurons chosen on other texts", "", subject.Metric, ChartKind.Bars,
                    [.. s_methods.Select(m => new Series(m, [.. all.Select((_, i) => (double)i)],
                        [.. all.Select(s => tally.Main($"{m} from {s}").Mean)]))])
                { XNames = ["own text", .. all.Skip(1)] },
            ],
        };
    }
}
