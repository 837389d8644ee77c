using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Experiments.Judging;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Timing;
using FFSplit.Modeling.Native;

namespace FFSplit.Experiments.Benching;

/// <summary>Times models in turn, in one process, on the same batch; what they give is held against the first one's before.</summary>
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
        var opener = new AnyModelOpener(options.AllowedConfig, options.Threads);
        var models = new List<EvaluatedModel>();
        try
        {
            foreach (var folder in options.Models)
            {
                var model = opener.Open(folder, Name(folder, options.Models), null, cancellation);
                models.Add(model);
                if (options.Length > model.MaxLength)
                    throw new BadUsageException($"--length {options.Length} is beyond the {model.MaxLength} tokens that {model.Name} takes.");
            }
            var batch = RandomBatch.Of(options.Batch, options.Length, models.Min(m => m.Tokenizer.VocabularySize));
            var outputs = models.ConvertAll(m => m.Model.Run(batch, Cheapest(m)));
            Action[] actions = [.. models.Select(m => (Action)(() => m.Model.Run(batch, Cheapest(m))))];
            progress?.Report(new ProgressReport("timing", 0, 0));
            var seconds = TurnTimer.Run(actions, options.Rounds, cancellation);
            var memory = NativeMemory.PeakResidentBytes();
            var threads = options.Threads ?? Environment.ProcessorCount;
            progress?.Report(new ProgressReport("measuring the machine's peaks", 0, 0));
            var peaks = MachinePeaks.Measure(threads, cancellation);
            return new BenchResult(Machine.Current(threads), options.Batch, options.Length, options.Threads, options.Rounds, memory,
                [.. models.Select((m, i) => Row(m, ModelWork.Of(options.Models[i], m.Model), seconds[0], seconds[i], batch, outputs[0], outputs[i]))],
                peaks);
        }
        finally
        {
            foreach (var model in models) model.Model.Dispose();
        }
    }

    static BenchRow Row(EvaluatedModel model, ModelWork? work, double[] first, double[] own, Batch batch, ModelOutput firstOutput, ModelOutput output)
    {
        double[] ratios = [.. first.Zip(own, (a, b) => a / b)];
        var (low, high) = Interval(ratios);
        var median = TurnTimer.Median(own);
        return new BenchRow(model.Name, 1000 * median, 1000 * QuantileOf(own, 0.95), batch.TokenCount / median,
            TurnTimer.Median(ratios), low, high, Agreement(firstOutput, output),
            2 * work?.Counts.MultiplyAccumulates(batch.Rows, batch.Length, batch.Length) / median / 1e9, work?.WeightBytes / median / 1e9);
    }

    // What an application would ask for, and no more: whole vocabularies of logits would be copied.
    static ModelOutputs Cheapest(EvaluatedModel model)
        => model.Model.Available.HasFlag(ModelOutputs.SentenceEmbedding) ? ModelOutputs.SentenceEmbedding
            : model.Model.Available.HasFlag(ModelOutputs.Logits) ? ModelOutputs.Logits : ModelOutputs.LastHiddenState;

    static double? Agreement(ModelOutput first, ModelOutput second)
    {
        var (one, other) = (first.SentenceEmbedding ?? first.Logits ?? first.LastHiddenState, second.SentenceEmbedding ?? second.Logits ?? second.LastHiddenState);
        if (one is null || other is null || !one.Shape.SequenceEqual(other.Shape)) return null;
        var width = (int)one.Shape[^1];
        return Enumerable.Range(0, one.Values.Length / width)
            .Average(i => Cosine.Similarity(one.Values.AsSpan(i * width, width), other.Values.AsSpan(i * width, width)));
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
