using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Splits;
using FFSplit.Compression.Methods;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Comparing;

/// <summary>The paper's main table: the dense model, and smaller ones of equal size, raw, repaired, and after the same
/// fine-tuning.</summary>
sealed class CompareExperiment : IExperiment
{
    public string Name => "compare";

    public bool TakesMethods => true;

    public string Summary => "Dense, the paper's split, plain low rank, pruning, a linear light part and dropped layers at equal size: raw, repaired, fine-tuned.";

    public ExperimentFindings Run(Workbench bench)
    {
        var trainings = new Trainings(bench);
        var contenders = Contenders(bench);
        foreach (var seed in bench.Options.Seeds)
        {
            var dense = trainings.Dense(seed);
            bench.Judge("dense", seed, dense);
            foreach (var contender in contenders) Judge(bench, trainings, contender, dense, seed);
        }
        return new CompareReport(bench, contenders, trainings.Rate).Findings();
    }

    // The two depths whose size is next to the split's, from above and from below.
    static IReadOnlyList<Contender> Contenders(Workbench bench)
    {
        if (bench.Options.Methods is { Count: > 0 } chosen) return [.. PaperFirst(chosen).Select(Contender.Of)];
        using var checkpoint = Checkpoint.Open(bench.Options.Model, bench.Options.AllowedConfig);
        var blocks = checkpoint.Architecture.Blocks;
        var paper = CompressionMethod.Find("paper")!;
        var layers = blocks.Select(b => paper.Divide(FeedForwardShape.Of(b.FeedForward), bench.Options.Sizes)).ToArray();
        var share = (double)ParameterCounts.After(checkpoint.Architecture, layers, false).Blocks / ParameterCounts.Of(checkpoint).Blocks;
        var below = (int)Math.Floor(share * blocks.Count);
        return [.. PaperFirst(Contender.Methods).Select(Contender.Of),
            .. new[] { below + 1, below }.Where(n => n >= 1 && n < blocks.Count).Select(n => Contender.Layers(blocks.Count, n))];
    }

    // What comes first chooses the step size for all.
    static IEnumerable<string> PaperFirst(IEnumerable<string> methods) => methods.OrderBy(m => m == "paper" ? 0 : 1);

    static void Judge(Workbench bench, Trainings trainings, Contender contender, Func<string> dense, int seed)
    {
        string Folder(string stage) => $"{contender.Name.Replace(' ', '-')}-{stage}-seed{seed}";
        string Made(bool repair) => bench.Model(Folder(repair ? "repaired" : "raw"),
            path => contender.Write(bench, dense(), repair, seed, path));

        if (!contender.NeedsRepair) bench.Judge($"{contender.Name} raw", seed, () => Made(repair: false));
        bench.Judge($"{contender.Name} repaired", seed, () => Made(repair: true));
        // From the repaired model (docs/adr/0008).
        if (bench.Options.Epochs > 0)
        {
            trainings.ChooseRate(Folder("tuned"), () => Made(repair: true), dense);
            bench.Measure($"{contender.Name} tuned", seed, () =>
            {
                var tuned = trainings.Tuned(Folder("tuned"), () => Made(repair: true), dense, seed);
                var values = bench.Subject.Judge(tuned, bench.Progress, bench.Cancellation);
                values["set_aside"] = trainings.Validation(tuned);
                return values;
            });
        }
        bench.Discard(Folder("raw"));
        bench.Discard(Folder("repaired"));
        trainings.Discard(Folder("tuned"));
    }
}
