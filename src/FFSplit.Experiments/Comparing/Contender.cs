using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Dropping;
using FFSplit.Compression.Jobs;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Comparing;

/// <summary>A way to make a dense model smaller, with or without repair.</summary>
/// <param name="Name">In tables and names of folders.</param>
/// <param name="Write">Writes the smaller model of a dense one: bench, dense folder, whether to repair, seed, output.</param>
sealed record Contender(string Name, Action<Workbench, string, bool, int, string> Write)
{
    /// <summary>Heavy neurons by output norm, and a linear map of the input for the light ones: past the paper.</summary>
    public const string LinearLight = "linear-light";

    /// <summary>What --methods may name.</summary>
    public static IReadOnlyList<string> Methods { get; } = [.. CompressionMethod.Names, LinearLight];

    /// <summary>Whether it is nothing before a repair has filled it.</summary>
    public bool NeedsRepair { get; init; }

    /// <summary>One of <see cref="Methods"/>, at the size of the paper's split.</summary>
    public static Contender Of(string method) => method == LinearLight
        ? Planned(method, new PlanOptions { Importance = "output-norm", Light = LightKind.Linear }) with { NeedsRepair = true }
        : Planned(method, new PlanOptions { Method = method });

    /// <summary>The dense model with some of its layers.</summary>
    public static Contender Layers(int total, int keep) => new($"{keep} of {total} layers",
        (bench, dense, repair, seed, output) =>
        {
            using var checkpoint = Checkpoint.Open(dense, bench.Options.AllowedConfig);
            var input = repair ? new RepairInput(CalibrationSet.Load(checkpoint, TextTokenizer.Load(dense), bench.Subject.Calibration(seed),
                bench.Progress, bench.Cancellation), new RepairOptions()) : null;
            LayerDrop.Write(checkpoint, LayerDrop.Kept(total, keep), output, force: false, input, bench.Progress, bench.Cancellation);
        });

    static Contender Planned(string name, PlanOptions plan) => new(name,
        (bench, dense, repair, seed, output) => Compress(bench, dense, plan with { Sizes = bench.Options.Sizes }, repair, seed, output));

    /// <summary>Compresses a model as the verb would.</summary>
    public static void Compress(Workbench bench, string dense, PlanOptions plan, bool repair, int seed, string output)
        => CompressJob.Run(new CompressOptions
        {
            Model = dense,
            AllowedConfig = bench.Options.AllowedConfig,
            Plan = plan with { Repair = repair, Seed = seed },
            Statistics = new StatisticsInput { Calibration = bench.Subject.Calibration(seed) },
            Output = output,
        }, bench.Progress, bench.Cancellation);
}
