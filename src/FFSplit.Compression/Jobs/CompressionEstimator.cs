using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.LowRank;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using static TorchSharp.torch;

namespace FFSplit.Compression.Jobs;

/// <summary>Estimates time and memory of a compression from two short measurements and the model's shapes.</summary>
/// <remarks>Sizes and bytes are exact; time and memory are for deciding whether to start now or tonight.</remarks>
static class CompressionEstimator
{
    // Process, runtime and libtorch before the first tensor, as measured on Linux x64.
    const long BaseBytes = 350L << 20;
    // Attention scores, norms, activations and statistics beside the products, as measured on BERT-like models.
    const double BesideProducts = 1.8;
    // float64 products go at half the speed of float32.
    const double DoubleFactor = 2;
    const double BytesWrittenPerSecond = 300e6, BytesHashedPerSecond = 800e6;
    // Side of the square factored to measure the speed of decompositions.
    const int MeasuredSide = 512;

    const string Basis = "Sizes and bytes are exact. Time is scaled from one matrix product and one decomposition measured on this "
        + "machine just now; "
        + "memory is added up from the model's shapes. Expect both within a factor of two.";

    public static CompressionEstimate Estimate(Checkpoint checkpoint, CompressOptions options, CompressionPlan plan,
        IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        using var inference = inference_mode();
        var input = options.Statistics;
        var calibrates = options.PlanFile is null && Planner.NeedsStatistics(options.Plan) && input.Files.Count == 0;
        var set = calibrates || plan.Repair
            ? CalibrationSet.Load(checkpoint, TextTokenizer.Load(checkpoint.Folder), input.Calibration, progress, cancellation) : null;
        cancellation.ThrowIfCancellationRequested();
        var sizes = CompressionSizes.Of(checkpoint, plan, options.Type);
        var bytes = OutputBytes(checkpoint, sizes);
        var cells = set?.Batches.Sum(b => (long)b.Rows * b.Length) ?? 0;
        var streams = cells * checkpoint.Architecture.HiddenSize * sizeof(float);
        var whole = ModelBytes(checkpoint) <= input.MemoryLimit;
        var speed = set is null ? 1 : MultiplyAccumulatesPerSecond();
        var repair = plan.Repair ? new RepairCost(checkpoint, plan) : null;
        var parent = options.Output is null ? null : Path.GetDirectoryName(Path.GetFullPath(options.Output));
        return new CompressionEstimate
        {
            Model = plan.Model,
            Method = plan.Method,
            Importance = options.PlanFile is not null ? plan.Importance : plan.Method == "vanilla" ? null : options.Plan.Importance,
            Sizes = sizes,
            OutputBytes = bytes,
            FreeDiskBytes = parent is null ? null : DiskSpace.FreeBytes(parent),
            // Of what comes one after the other, the most.
            ScratchBytes = Math.Max(calibrates && !whole && streams > input.MemoryLimit ? streams : 0, repair is null ? 0
                : (2 * streams > input.MemoryLimit ? 2 * streams : 0) + SplitWriter.BlockBytes(checkpoint, plan, options.Type)),
            PeakMemoryBytes = BaseBytes + Math.Max(SplitBytes(checkpoint, plan), Math.Max(
                calibrates ? CalibrationBytes(checkpoint, set!, input.MemoryLimit, whole, streams) : 0,
                repair is null ? 0 : repair.Bytes + CalibrationBytes(checkpoint, set!, input.MemoryLimit, whole: false, 2 * streams))),
            CalibrationTokens = set?.Tokens ?? 0,
            CalibrationSeconds = calibrates ? BesideProducts * cells * sizes.MultiplyAccumulates.Before / speed : 0,
            RepairSeconds = repair is null ? 0
                : (BesideProducts * cells * RepairCost.Passes(sizes) + repair.DoubleProducts(set!.Tokens) * DoubleFactor) / speed,
            SplitSeconds = SplitSeconds(checkpoint, plan) + bytes / BytesWrittenPerSecond
                + checkpoint.Weights.SizeOnDisk / BytesHashedPerSecond,
            Basis = Basis,
            Notices = [.. RepairNotices.WhyOff(options), .. set?.Notices ?? []],
        };
    }

    /// <summary>Bytes that will be written, but for JSON and headers.</summary>
    public static long OutputBytes(Checkpoint checkpoint, CompressionSizes sizes)
        => sizes.TensorBytes.After + CopiedBytes(new DirectoryInfo(checkpoint.Folder));

    static long CopiedBytes(DirectoryInfo folder) => folder.EnumerateFiles().Where(f => !WeightFolder.IsWeightFile(f.Name))
        .Sum(f => f.Length)
        + folder.EnumerateDirectories().Where(d => !d.Name.StartsWith('.')).Sum(CopiedBytes);

    static long ModelBytes(Checkpoint checkpoint) => Bytes(checkpoint.Architecture.Bindings);

    static long CalibrationBytes(Checkpoint checkpoint, CalibrationSet set, long limit, bool whole, long streams)
    {
        var architecture = checkpoint.Architecture;
        var most = set.Batches.Max(b => (long)b.Rows * b.Length);
        var neurons = architecture.Blocks.Max(b => b.FeedForward.IntermediateSize * (b.FeedForward.Gated ? 2 : 1));
        // Pre-activations, activations and their copies for the statistics; queries, keys, values and residuals.
        var activations = most * (5L * neurons + 10L * architecture.HiddenSize) * sizeof(float);
        var weights = whole ? ModelBytes(checkpoint)
            : Math.Max(Bytes(architecture.Embeddings.Bindings), architecture.Blocks.Max(b => Bytes(b.Bindings))) + Math.Min(streams, limit);
        return weights + activations;
    }

    static long SplitBytes(Checkpoint checkpoint, CompressionPlan plan) => checkpoint.Architecture.Blocks.Max(block =>
    {
        var (ffn, layer) = (block.FeedForward, plan.Layers[block.Index]);
        long light = ffn.IntermediateSize - layer.Heavy.Count, small = Math.Min(light, ffn.HiddenSize);
        var factoring = layer.Kind == LightKind.LowRank ? (2 * light * ffn.HiddenSize + 4 * small * small) * sizeof(double) : 0;
        return 2 * Bytes(ffn.Bindings) + factoring;
    });

    static double SplitSeconds(Checkpoint checkpoint, CompressionPlan plan)
    {
        var work = checkpoint.Architecture.Blocks.Sum(block =>
        {
            var (ffn, layer) = (block.FeedForward, plan.Layers[block.Index]);
            if (layer.Kind != LightKind.LowRank) return 0;
            var light = (double)(ffn.IntermediateSize - layer.Heavy.Count);
            return Work(light, ffn.HiddenSize) * (ffn.Gated ? 3 : 2);
        });
        return work == 0 ? 0 : work / Work(MeasuredSide, MeasuredSide) * FactorSeconds();
    }

    // Operations of a factoring: the Gram matrix, then its eigenvectors, which cost about ten such products of the small side.
    static double Work(double rows, double columns)
    {
        var (small, large) = (Math.Min(rows, columns), Math.Max(rows, columns));
        return small * small * (large + 10 * small);
    }

    static double FactorSeconds()
    {
        using var scope = NewDisposeScope();
        var matrix = rand(MeasuredSide, MeasuredSide);
        TruncatedSvd.Factor(matrix, 8);
        var start = Stopwatch.GetTimestamp();
        TruncatedSvd.Factor(matrix, MeasuredSide / 10);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static double MultiplyAccumulatesPerSecond()
    {
        const int Rows = 1024, Side = 1024, Times = 4;
        using var scope = NewDisposeScope();
        var (left, right) = (rand(Rows, Side), rand(Side, Side));
        left.matmul(right).Dispose();
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < Times; i++) left.matmul(right).Dispose();
        return (double)Rows * Side * Side * Times / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static long Bytes(IEnumerable<WeightBinding> bindings) => bindings.Sum(b => b.ElementCount) * sizeof(float);
}
