using FFSplit.Checkpoints;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Experiments.Judging;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Timing;
using FFSplit.Modeling.Native;
using FFSplit.Runtime;

namespace FFSplit.Experiments.Benching;

/// <summary>Times models in turn, in one process, on the same tokens; what they give is held against the first one's before.</summary>
public static class BenchJob
{
    const int Resamples = 2000;

    /// <summary>Runs it.</summary>
    /// <exception cref="BadInputException">A model cannot be loaded, or takes no such batch.</exception>
    /// <exception cref="BadUsageException">An option out of its range.</exception>
    public static BenchResult Run(BenchOptions options, IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        if (options.Decode)
            foreach (var folder in options.Models) DecodeTurns.RequireExport(folder);
        var opener = new AnyModelOpener(options.AllowedConfig,
            new RuntimeOptions { Threads = options.Threads, Spinning = options.Spinning });
        var models = new List<EvaluatedModel>();
        try
        {
            foreach (var folder in options.Models)
            {
                var model = opener.Open(folder, Name(folder, options.Models), null, cancellation);
                models.Add(model);
                if (options.Decode) DecodeTurns.Require(model, options.Length, options.Rounds);
                else if (options.Length > model.MaxLength)
                    throw new BadUsageException($"--length {options.Length} is beyond the {model.MaxLength} tokens that {model.Name} takes.");
            }
            using BenchTurns turns = options.Decode ? new DecodeTurns(models, options.Rows, options.Length, options.Rounds, cancellation)
                : new BatchTurns(models, options.Rows, options.Length);
            progress?.Report(new ProgressReport("timing", 0, 0));
            var seconds = TurnTimer.Run(turns.Actions, options.Rounds, cancellation);
            var memory = NativeMemory.PeakResidentBytes();
            var threads = options.Threads ?? Environment.ProcessorCount;
            progress?.Report(new ProgressReport("measuring the machine's peaks", 0, 0));
            var peaks = MachinePeaks.Measure(threads, cancellation);
            return new BenchResult(Machine.Current(threads), options.Rows, options.Length, options.Threads, options.Rounds, memory,
                [.. models.Select((m, i) => Row(m.Name, ModelWork.Of(options.Models[i], m.Model), seconds[0], seconds[i], turns, i))],
                peaks, options.Decode, options.Spinning);
        }
        finally
        {
            foreach (var model in models) model.Model.Dispose();
        }
    }

    static BenchRow Row(string name, ModelWork? work, double[] first, double[] own, BenchTurns turns, int model)
    {
        double[] ratios = [.. first.Zip(own, (a, b) => a / b)];
        var (low, high) = Interval(ratios);
        var median = TurnTimer.Median(own);
        return new BenchRow(name, 1000 * median, 1000 * QuantileOf(own, 0.95), turns.Tokens / median, TurnTimer.Median(ratios), low, high,
            turns.Agreement(model), turns.CacheAgreement(model),
            work is null ? null : 2 * turns.MultiplyAccumulates(work.Counts) / median / 1e9, work?.WeightBytes / median / 1e9);
    }

    static (double Low, double High) Interval(double[] ratios)
    {
        var random = new SeededRandom(0);
        var medians = new double[Resamples];
        for (var i = 0; i < Resamples; i++)
            medians[i] = TurnTimer.Median([.. ratios.Select(_ => ratios[random.NextBelow(ratios.Length)])]);
        return (QuantileOf(medians, 0.025), QuantileOf(medians, 0.975));
    }

    static double QuantileOf(double[] values, double share) => Quantile.OfSorted([.. values.Order()], share);

    static string Name(string folder, IReadOnlyList<string> all)
    {
        static string Short(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)));
        return all.Count(other => Short(other) == Short(folder)) == 1 ? Short(folder) : folder;
    }
}
