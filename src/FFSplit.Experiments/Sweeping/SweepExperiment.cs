using System.Globalization;
using FFSplit.Checkpoints.Batches;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Experiments.Comparing;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;
using FFSplit.Experiments.Timing;
using FFSplit.Modeling;

namespace FFSplit.Experiments.Sweeping;

/// <summary>Is a quarter the right share? The paper's split at many heavy shares and ranks: size, speed, the task before tuning, and after
/// it for those that no smaller cell equals.</summary>
sealed class SweepExperiment : IExperiment
{
    static readonly double[] s_heavy = [0.1, 0.15, 0.2, 0.25, 0.3, 0.4], s_rank = [0.05, 0.1, 0.2];

    public string Name => "sweep";

    public string Summary => "Heavy 10 to 40 % × rank 5 to 20 %: the task, size and speed of each, tuned on the Pareto front.";

    sealed record Cell(double Heavy, double Rank)
    {
        public string Name => string.Create(CultureInfo.InvariantCulture, $"heavy {Heavy} rank {Rank}");
    }

    public ExperimentFindings Run(Workbench bench)
    {
        var trainings = new Trainings(bench);
        var seed = bench.Options.Seeds[0];
        var dense = trainings.Dense(seed);
        bench.Judge("dense", seed, dense);
        Cell[] cells = [.. s_heavy.SelectMany(h => s_rank.Select(r => new Cell(h, r)))];
        foreach (var cell in cells)
        {
            bench.Judge($"{cell.Name} raw", seed, () => Made(cell, repair: false));
            bench.Judge($"{cell.Name} repaired", seed, () => Made(cell, repair: true));
            bench.Measure($"{cell.Name} set aside", seed,
                () => bench.Subject.JudgeSetAside(Made(cell, repair: true), seed, bench.Progress, bench.Cancellation));
            bench.Measure($"{cell.Name} speed", seed, () => Speed(bench, dense(), Made(cell, repair: false)));
            bench.Discard(Folder(cell, "raw"));
            bench.Discard(Folder(cell, "repaired"));
        }
        var front = Front(bench, cells);
        if (bench.Options.Epochs > 0)
            foreach (var cell in front)
            {
                trainings.ChooseRate(Folder(cell, "tuned"), () => Made(cell, repair: true), dense);
                bench.Judge($"{cell.Name} tuned", seed,
                    () => trainings.Tuned(Folder(cell, "tuned"), () => Made(cell, repair: true), dense, seed));
                bench.Discard(Folder(cell, "repaired"));
                trainings.Discard(Folder(cell, "tuned"));
            }
        return Report(bench, cells, front, trainings.Rate);

        string Made(Cell cell, bool repair) => bench.Model(Folder(cell, repair ? "repaired" : "raw"), path => Contender.Compress(bench, dense(),
            new PlanOptions { Sizes = new SplitSizes(cell.Heavy, cell.Rank) }, repair, seed, path));
    }

    static string Folder(Cell cell, string stage) => $"{cell.Name.Replace(' ', '-')}-{stage}";

    static Dictionary<string, double> Speed(Workbench bench, string dense, string split)
    {
        using var whole = LoadedModel.Load(dense, allowedConfig: bench.Options.AllowedConfig);
        using var small = LoadedModel.Load(split, allowedConfig: bench.Options.AllowedConfig);
        var batch = RandomBatch.Of(8, Math.Min(128, whole.Model.Architecture.MaximumLength), whole.Model.Architecture.VocabularyRows);
        var seconds = TurnTimer.Run([() => whole.Model.Run(batch, ModelOutputs.LastHiddenState),
            () => small.Model.Run(batch, ModelOutputs.LastHiddenState)], rounds: 15, bench.Cancellation);
        return new Dictionary<string, double> { ["gain"] = TurnTimer.Ratio(seconds[0], seconds[1]) };
    }

    // By the part of train that is set aside: what judges must not choose.
    static Cell[] Front(Workbench bench, Cell[] cells)
    {
        var (size, value) = (cells.ToDictionary(c => c, c => Value(bench, $"{c.Name} raw", "block_parameters")),
            cells.ToDictionary(c => c, c => Value(bench, $"{c.Name} set aside", bench.Subject.Metric)));
        return [.. cells.Where(c => !cells.Any(o => o != c && size[o] <= size[c] && bench.Subject.Loss(value[o], value[c]) >= 0
            && (size[o] < size[c] || bench.Subject.Loss(value[o], value[c]) > 0))).OrderBy(c => size[c])];
    }

    static double Value(Workbench bench, string name, string metric) => bench.Tally.Of(name, metric).Mean;

    static ExperimentFindings Report(Workbench bench, Cell[] cells, Cell[] front, double? rate)
    {
        var (subject, metric) = (bench.Subject, bench.Subject.Metric);
        var (dense, size) = (Value(bench, "dense", metric), Value(bench, "dense", "block_parameters"));
        double Left(Cell c) => 100 * Value(bench, $"{c.Name} raw", "block_parameters") / size;
        double Of(Cell c, string stage) => Value(bench, $"{c.Name} {stage}", metric);
        string Number(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
        var tuned = bench.Options.Epochs > 0;
        var name = $"{subject.ModelName}, {bench.Options.Task}";
        // Which cell somebody would take who may keep no more than the paper's own.
        var paper = cells.First(c => c is { Heavy: 0.25, Rank: 0.1 });
        var chosen = cells.Where(c => Left(c) <= Left(paper) + 1e-9)
            .OrderBy(c => subject.Loss(dense, Value(bench, $"{c.Name} set aside", metric))).First();
        var gain = subject.Loss(Of(chosen, "repaired"), Of(paper, "repaired"));
        string[] Row(Cell c) =>
        [
            Share(c.Heavy), Share(c.Rank), string.Create(CultureInfo.InvariantCulture, $"{Left(c):F1} %"),
            Number(Value(bench, $"{c.Name} speed", "gain")), Number(Of(c, "raw")), Number(Of(c, "repaired")),
            .. tuned ? (string[])[front.Contains(c) ? Number(Of(c, "tuned")) : ""] : [],
        ];
        return new ExperimentFindings($"Shares and ranks: {name}",
            $"{metric} of the dense model: {Number(dense)}. Each cell is the paper's split, as it is and repaired"
            + (tuned ? "; those on the front of size and the task (judged on texts of train) are tuned for "
                + string.Create(CultureInfo.InvariantCulture,
                    $"{bench.Options.TrainingLength} with the dense model as teacher, learning rate {rate:0.#e-0}") : "")
            + ". Speed: a batch of 8 × 128 against the dense model. Of the cells no larger than the paper's (heavy 0.25, rank 0.1), "
            + $"{chosen.Name} is best on texts of train.")
        {
            Findings =
            [
                new Finding("A quarter of the neurons is the right share: of the splits no larger than the paper's, the one that does best on "
                    + "training texts does no better on the task", chosen == paper || gain < 0 ? true : gain > 0 ? false : null,
                    $"{name}: heavy 0.25 rank 0.1 {Number(Of(paper, "repaired"))} repaired, " + (chosen == paper ? "the best on training texts itself"
                        : $"{chosen.Name}, the best on training texts, {Number(Of(chosen, "repaired"))}")),
            ],
            Tables = [new ReportTable(metric, ["heavy", "rank", "blocks left", "speed", "raw", "repaired", .. tuned ? (string[])["tuned"] : []],
                [.. cells.Select(Row)])],
            Charts =
            [
                new Chart("front", $"{name}: size and {metric} (dense {Number(dense)})", "blocks' parameters left, %", metric, ChartKind.Points,
                [
                    .. s_rank.Select(r => Points($"raw, rank {Share(r)}", cells.Where(c => c.Rank == r), "raw")),
                    .. s_rank.Select(r => Points($"repaired, rank {Share(r)}", cells.Where(c => c.Rank == r), "repaired")),
                    .. tuned ? (Series[])[Points("tuned", front, "tuned")] : [],
                ])
                { LogY = !subject.HigherIsBetter },
            ],
        };

        Series Points(string series, IEnumerable<Cell> of, string stage) => new(series, [.. of.Select(Left)], [.. of.Select(c => Of(c, stage))]);

        static string Share(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.#} %");
    }
}
