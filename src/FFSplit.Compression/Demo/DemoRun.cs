using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Compression.Analysis;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;
using FFSplit.Compression.Splitting;
using FFSplit.Compression.Statistics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Modeling;
using FFSplit.Modeling.Generation;

namespace FFSplit.Compression.Demo;

/// <summary>What the demo runs on.</summary>
/// <param name="Assets">A folder with model/, calibration.txt and evaluation.txt.</param>
/// <param name="Seed">Of everything random.</param>
public sealed record DemoOptions(string Assets, int Seed = 0)
{
    /// <summary>What the models write on from.</summary>
    public string Prompt { get; init; } = "The old man put down his lamp, and";

    /// <summary>Tokens of the paragraph.</summary>
    public int ParagraphTokens { get; init; } = 70;

    /// <summary>Bytes; see <see cref="StatisticsRun.Collect"/>.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;
}

/// <summary>Analyses a small causal model, compresses it with every method at equal size, and judges the results.</summary>
public static class DemoRun
{
    /// <summary>Said of the figures.</summary>
    public const string Notice =
        "All but the repaired one are raw compressed models; compress --repair refits the output matrices on the calibration text and wins much back.";

    /// <summary>Runs the demo; split models are written to a temporary folder and removed.</summary>
    public static DemoReport Run(DemoOptions options, IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        var watch = Stopwatch.StartNew();
        var folder = Path.Combine(options.Assets, "model");
        using var checkpoint = Checkpoint.Open(folder);
        var tokenizer = TextTokenizer.Load(folder);
        var calibration = CalibrationSet.Load(checkpoint, tokenizer,
            new CalibrationOptions { Data = new DataOptions { Path = Path.Combine(options.Assets, "calibration.txt") }, Seed = options.Seed }, progress, cancellation);
        var (statistics, time) = StatisticsRun.Collect(checkpoint, calibration.Batches, calibration.Description, options.Seed, options.MemoryLimit, progress, cancellation);
        var analysis = Analyzer.Report(checkpoint, statistics, time: time, notices: calibration.Notices);

        var task = new PerplexityTask(new TaskOptions { Data = new DataOptions { Path = Path.Combine(options.Assets, "evaluation.txt") } }, cancellation);
        var dense = ParameterCounts.Of(checkpoint).Blocks;
        var rows = new List<DemoRow> { Judge("dense", "the model as it came in", folder, 0) };
        var scratch = Directory.CreateTempSubdirectory("ffsplit-demo-");
        try
        {
            foreach (var name in CompressionMethod.Names) rows.Add(Compress(name, CompressionMethod.Find(name)!.Description, name, repair: false));
            rows.Add(Compress("repaired", "the paper's split with its output matrices refitted", "paper", repair: true));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
        return new DemoReport(analysis, rows, Notice, watch.Elapsed.TotalSeconds);

        DemoRow Compress(string name, string description, string method, bool repair)
        {
            var compressing = Stopwatch.StartNew();
            var plan = Planner.Plan(checkpoint, statistics, new PlanOptions { Method = method, Seed = options.Seed, Repair = repair });
            var output = Path.Combine(scratch.FullName, name);
            var input = repair ? new RepairInput(calibration, new RepairOptions { MemoryLimit = options.MemoryLimit }) : null;
            SplitWriter.Write(checkpoint, plan, output, type: null, force: false, progress, input, cancellation);
            return Judge(name, description, output, compressing.Elapsed.TotalSeconds);
        }

        DemoRow Judge(string name, string description, string path, double seconds)
        {
            using var loaded = LoadedModel.Load(path, name, cancellation: cancellation);
            var result = task.Evaluate(loaded.Evaluated, progress, cancellation);
            var paragraph = TextGenerator.Continue(loaded, options.Prompt, options.ParagraphTokens, seed: options.Seed, cancellation: cancellation);
            using var written = Checkpoint.Open(path);
            var blocks = ParameterCounts.Of(written).Blocks;
            return new DemoRow(name, description, blocks, 1 - (double)blocks / dense, written.Weights.SizeOnDisk, result.Value, seconds, result.Seconds, paragraph);
        }
    }
}
