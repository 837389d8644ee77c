using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Splits;
using FFSplit.Compression.Methods;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Comparing;

/// <summary>The paper's main table: the dense model, and smaller ones of equal size, raw, repaired, and after the same
/// fine-tuning.</summary>
sealed class CompareExperiment : IExperiment
{
    static readonly string[] s_stages = ["raw", "repaired", "tuned"];

    public string Name => "compare";

    public string Summary => "Dense, the paper's split, plain low rank, pruning and dropped layers at equal size: raw, repaired, fine-tuned.";

    public ExperimentFindings Run(Workbench bench)
    {
        var trainings = new Trainings(bench);
        var contenders = Contenders(bench);
        foreach (var seed in bench.Options.Seeds)
        {
            var dense = trainings.Dense(seed);
            bench.Judge("dense", seed, () => dense);
            foreach (var contender in contenders) Judge(bench, trainings, contender, dense, seed);
        }
        return Report(bench, trainings, contenders);
    }

    // The two depths whose size is next to the split's, from above and from below.
    static IReadOnlyList<Contender> Contenders(Workbench bench)
    {
        using var checkpoint = Checkpoint.Open(bench.Options.Model, bench.Options.AllowedConfig);
        var blocks = checkpoint.Architecture.Blocks;
        var paper = CompressionMethod.Find("paper")!;
        var layers = blocks.Select(b => paper.Divide(FeedForwardShape.Of(b.FeedForward), bench.Options.Sizes)).ToArray();
        var share = (double)ParameterCounts.After(checkpoint.Architecture, layers, false).Blocks / ParameterCounts.Of(checkpoint).Blocks;
        var below = (int)Math.Floor(share * blocks.Count);
        return bench.Options.Methods is { Count: > 0 } chosen ? [.. chosen.Select(Contender.Of)]
            : [.. CompressionMethod.Names.Select(Contender.Of),
                .. new[] { below + 1, below }.Where(n => n >= 1 && n < blocks.Count).Select(n => Contender.Layers(blocks.Count, n))];
    }

    static void Judge(Workbench bench, Trainings trainings, Contender contender, string dense, int seed)
    {
        string Folder(string stage) => $"{contender.Name.Replace(' ', '-')}-{stage}-seed{seed}";
        string Made(bool repair) => bench.Model(Folder(repair ? "repaired" : "raw"), path => contender.Write(bench, dense, repair, seed, path));

        bench.Judge($"{contender.Name} raw", seed, () => Made(repair: false));
        bench.Judge($"{contender.Name} repaired", seed, () => Made(repair: true));
        // From the repaired model: that is the better start, and every contender gets it.
        if (bench.Options.Epochs > 0)
            bench.Judge($"{contender.Name} tuned", seed, () => trainings.Tuned(Folder("tuned"), Made(repair: true), dense, seed));
        bench.Discard(Folder("raw"));
        bench.Discard(Folder("repaired"));
        trainings.Discard(Folder("tuned"));
    }

    static ExperimentFindings Report(Workbench bench, Trainings trainings, IReadOnlyList<Contender> contenders)
    {
        var (subject, options) = (bench.Subject, bench.Options);
        string[] stages = options.Epochs > 0 ? s_stages : s_stages[..2];
        var dense = Of("dense", subject.Metric)!.Value;
        var size = Of("dense", "block_parameters")!.Value.Mean;
        var tables = subject.ShownMetrics.Select(metric => new ReportTable(metric, ["model", "blocks", .. stages, "loss"],
            [Row("dense", metric), .. contenders.Select(c => Row(c.Name, metric))])).ToArray();
        var title = $"Methods at equal size: {subject.ModelName} on {options.Task}";
        string[] names = [.. contenders.Select(c => c.Name)];
        double[] x = [.. names.Select((_, i) => (double)i)];
        var chart = new Chart("stages", $"{subject.ModelName} on {options.Task}: {subject.Metric} (dense {dense})", "", subject.Metric, ChartKind.Bars,
            [.. stages.Select(stage => new Series(stage, x, [.. names.Select(n => Of($"{n} {stage}", subject.Metric)!.Value.Mean)])
            { Spread = options.Seeds.Count > 1 ? [.. names.Select(n => Of($"{n} {stage}", subject.Metric)!.Value.Spread ?? 0)] : null })])
        { XNames = names };
        var last = stages[^1];
        if (!names.Contains("paper")) return new ExperimentFindings(title, $"{subject.Metric} of the dense model: {dense}.") { Tables = tables, Charts = [chart] };
        var own = Of($"paper {last}", subject.Metric)!.Value;
        return new ExperimentFindings(title, Paragraph(own))
        {
            Tables = tables,
            Charts = [chart],
            Findings = [.. names.Where(n => n != "paper").Select(n => Beats(n, own, last))],
        };

        Statistic? Of(string name, string value)
        {
            var values = bench.Measurements.Where(m => m.Name == name).Select(m => m.Values[value]).ToArray();
            return values.Length == 0 ? null : Statistic.Of(values);
        }

        IReadOnlyList<string> Row(string name, string metric)
        {
            if (name == "dense") return [name, Million(size), $"{Of(name, metric)}", .. stages.Skip(1).Select(_ => ""), ""];
            var blocks = Of($"{name} raw", "block_parameters")!.Value.Mean;
            var loss = Losses($"{name} {stages[^1]}", metric);
            return [name, string.Create(CultureInfo.InvariantCulture, $"{Million(blocks)} (−{100 * (1 - blocks / size):F1} %)"),
                .. stages.Select(s => $"{Of($"{name} {s}", metric)}"), $"{loss}"];
        }

        // Of each repetition against its own dense model.
        Statistic Losses(string name, string metric) => Statistic.Of([.. bench.Measurements.Where(m => m.Name == name).Select(m =>
            subject.Loss(bench.Measurements.First(d => d.Name == "dense" && d.Seed == m.Seed).Values[metric], m.Values[metric]))]);

        string Paragraph(Statistic own)
        {
            var best = names.OrderBy(n => subject.Loss(dense.Mean, Of($"{n} {last}", subject.Metric)!.Value.Mean)).First();
            var training = options.Epochs == 0 ? "" : string.Create(CultureInfo.InvariantCulture,
                $" Tuned: from the repaired model, {options.Epochs} epochs with the dense model as teacher, learning rate {trainings.Rate:0.#e-0}"
                + $"{(options.LearningRates.Count > 1 ? $" (of {string.Join(", ", options.LearningRates.Select(r => r.ToString("0.#e-0", CultureInfo.InvariantCulture)))}, chosen on a tenth of train set aside)" : "")}.");
            return $"{subject.Metric} of the dense model: {dense}. The paper's split (heavy {options.Sizes.Heavy.ToString(CultureInfo.InvariantCulture)}, rank "
                + $"{options.Sizes.Rank.ToString(CultureInfo.InvariantCulture)}) reaches {Of("paper raw", subject.Metric)} as it is and "
                + $"{Of("paper repaired", subject.Metric)} after the closed-form repair"
                + (options.Epochs > 0 ? $", {own} after fine-tuning: a loss of {Losses("paper tuned", subject.Metric)}." : ".")
                + $" The best of the small models at the end is {best}." + training;
        }

        Finding Beats(string other, Statistic own, string stage)
        {
            var theirs = Of($"{other} {stage}", subject.Metric)!.Value;
            var depth = other.EndsWith("layers", StringComparison.Ordinal);
            return new Finding(depth ? "At about equal size the paper's split beats a model with whole layers dropped"
                : $"At equal size the paper's split beats {(other == "vanilla" ? "plain low rank (vanilla)" : "pruning (prune-light)")}",
                subject.Loss(own.Mean, theirs.Mean) > 0, $"{subject.ModelName}, {options.Task}, {stage}: {own} against {theirs}{(depth ? $" ({other})" : "")}");
        }
    }

    static string Million(double parameters) => string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:F2} M");
}
