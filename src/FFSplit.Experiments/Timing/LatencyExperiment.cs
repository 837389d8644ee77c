using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;
using FFSplit.Modeling;
using static TorchSharp.torch;

namespace FFSplit.Experiments.Timing;

/// <summary>What the split gains in time, by batch, length and threads, and how large the FFN's share of the time is. Which neurons are
/// kept makes no difference to time, so they are drawn.</summary>
sealed class LatencyExperiment : IExperiment
{
    const int Rounds = 7;
    const double PaperLow = 1.25, PaperHigh = 1.56;

    static readonly int[] s_batches = [1, 8];
    static readonly int[] s_lengths = [16, 128, 384];

    public string Name => "latency";

    public string Summary => "Time of dense and split over batch, length and threads, and the FFN's share of it.";

    public bool NeedsTask => false;

    public ExperimentFindings Run(Workbench bench)
    {
        var threads = new[] { 1, Environment.ProcessorCount }.Distinct().ToArray();
        var before = get_num_threads();
        var split = bench.Model("split", path => Write(bench, path, feedForward: true));
        var without = bench.Model("without-ffn", path => Write(bench, path, feedForward: false));
        using (var dense = LoadedModel.Load(bench.Options.Model, allowedConfig: bench.Options.AllowedConfig))
        using (var small = LoadedModel.Load(split, allowedConfig: bench.Options.AllowedConfig))
        using (var rest = LoadedModel.Load(without, allowedConfig: bench.Options.AllowedConfig))
            foreach (var count in threads)
                foreach (var rows in s_batches)
                    foreach (var length in s_lengths.Where(l => l <= dense.Model.Architecture.MaximumLength))
                        bench.Measure($"{count} thread{(count == 1 ? "" : "s")} {rows} x {length}", null, () => Time(bench, [dense, small, rest], count, rows, length));
        set_num_threads(before);
        bench.Discard("split");
        bench.Discard("without-ffn");
        return Report(bench);
    }

    static Dictionary<string, double> Time(Workbench bench, LoadedModel[] models, int threads, int rows, int length)
    {
        set_num_threads(threads);
        var batch = RandomBatch.Of(rows, length, models[0].Model.Architecture.VocabularyRows);
        var seconds = TurnTimer.Run([.. models.Select(m => (Action)(() => m.Model.Run(batch, ModelOutputs.LastHiddenState)))], Rounds,
            bench.Cancellation);
        return new Dictionary<string, double>
        {
            ["threads"] = threads,
            ["batch"] = rows,
            ["length"] = length,
            ["dense_ms"] = 1000 * TurnTimer.Median(seconds[0]),
            ["split_ms"] = 1000 * TurnTimer.Median(seconds[1]),
            ["gain"] = TurnTimer.Ratio(seconds[0], seconds[1]),
            ["ffn_share"] = 100 * (1 - 1 / TurnTimer.Ratio(seconds[0], seconds[2])),
        };
    }

    static void Write(Workbench bench, string path, bool feedForward)
    {
        using var checkpoint = Checkpoint.Open(bench.Options.Model, bench.Options.AllowedConfig);
        var plan = Planner.Plan(checkpoint, null, new PlanOptions { Importance = "random", Sizes = bench.Options.Sizes, Repair = false });
        if (!feedForward)
            plan = plan with { Layers = [.. plan.Layers.Select(l => new LayerPlan([], "none", 0, "to time all but the FFN"))] };
        SplitWriter.Write(checkpoint, plan, path, type: null, force: false, bench.Progress, cancellation: bench.Cancellation);
    }

    static ExperimentFindings Report(Workbench bench)
    {
        var cells = bench.Measurements.Select(m => m.Values).ToArray();
        using var checkpoint = Checkpoint.Open(bench.Options.Model, bench.Options.AllowedConfig);
        var architecture = checkpoint.Architecture;
        var ffn = architecture.Blocks[0].FeedForward;
        var shape = $"{architecture.Blocks.Count} layers, {architecture.HiddenSize} wide, FFN {ffn.IntermediateSize}";
        var name = Path.GetFileName(checkpoint.Folder);
        var (low, high) = (cells.Min(c => c["gain"]), cells.Max(c => c["gain"]));
        var range = string.Create(CultureInfo.InvariantCulture, $"{low:F2} to {high:F2}");
        string Cell(int threads, int rows, int length) => $"{threads} thread{(threads == 1 ? "" : "s")}, {rows} × {length}";
        double[] x = [.. cells.Select((_, i) => (double)i)];
        string[] names = [.. cells.Select(c => Cell((int)c["threads"], (int)c["batch"], (int)c["length"]))];
        return new ExperimentFindings($"Time: {name} ({shape})",
            $"float32 on libtorch, dense and split in turn in one process, median of {Rounds} rounds. The paper's split (heavy "
            + $"{bench.Options.Sizes.Heavy.ToString(CultureInfo.InvariantCulture)}, rank {bench.Options.Sizes.Rank.ToString(CultureInfo.InvariantCulture)}) is "
            + $"{range} times as fast as the dense model; the FFN's share of the dense model's time is "
            + string.Create(CultureInfo.InvariantCulture, $"{cells.Min(c => c["ffn_share"]):F0} to {cells.Max(c => c["ffn_share"]):F0} %."))
        {
            Findings =
            [
                new Finding("The split is at least 1.25 times as fast as the dense model, the least that the paper reports, at every batch, length and thread count",
                    low >= PaperLow, $"{name} ({shape}): {range}{(high > PaperHigh ? "" : ", never above the paper's best")}"),
            ],
            Tables =
            [
                new ReportTable("Time", ["threads, batch × length", "dense, ms", "split, ms", "gain", "FFN's share"],
                    [.. cells.Select((c, i) => (IReadOnlyList<string>)[names[i], .. Numbers(c)])]),
            ],
            Charts = [new Chart("gain", $"{name}: time of the dense model over that of the split one", "", "gain", ChartKind.Bars,
                [new Series("gain", x, [.. cells.Select(c => c["gain"])])]) { XNames = names }],
        };

        static string[] Numbers(IReadOnlyDictionary<string, double> c) =>
        [
            c["dense_ms"].ToString("F1", CultureInfo.InvariantCulture), c["split_ms"].ToString("F1", CultureInfo.InvariantCulture),
            c["gain"].ToString("F2", CultureInfo.InvariantCulture), c["ffn_share"].ToString("F0", CultureInfo.InvariantCulture) + " %",
        ];
    }
}
