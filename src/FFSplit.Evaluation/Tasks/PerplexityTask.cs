using System.Diagnostics;
using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Perplexity of a causal model on a text: windows at even distances or a sliding one, without a leading special token.</summary>
/// <remarks>Perplexities compare only between models with the same tokenizer; bits per byte compare always.</remarks>
public sealed class PerplexityTask : IEvaluationTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = "perplexity";
    internal const string Summary = "Perplexity of a causal model on a text, by windows or a stride; lower is better.";

    /// <summary>Windows where neither their number nor a stride is given.</summary>
    public const int DefaultWindows = 64;

    // Logits are tokens × vocabulary: 50,272 ids make 206 MB of 1,024 tokens.
    static readonly BatchOptions s_batches = new() { MaxTokens = 1024 };

    readonly JoinedText _text;
    readonly WindowOptions _windows;
    readonly BatchOptions _batches;

    /// <summary>Reads the text.</summary>
    /// <exception cref="BadInputException">Missing, empty, binary or malformed data.</exception>
    /// <exception cref="BadUsageException">Options that contradict each other.</exception>
    public PerplexityTask(TaskOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        var windows = options.Windows;
        _windows = windows.Windows is null && windows.Stride is null ? windows with { Windows = DefaultWindows } : windows;
        _windows.Validate();
        TaskErrors.RefuseLabelMap(options, TaskName);
        if (options.Data.MaxSamples is not null)
            throw new BadUsageException($"--max-samples: the task {TaskName} judges windows of the joined text. Bound it with --windows.");
        _batches = options.Batches ?? s_batches;
        _batches.Validate();
        _text = SampleReader.ReadText(options.Data, cancel);
    }

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public string Metric => "perplexity";

    /// <inheritdoc/>
    public bool HigherIsBetter => false;

    /// <inheritdoc/>
    public void Require(string model, ModelOutputs available)
        => TaskErrors.Require(model, Name, ModelOutputs.NextTokenLogProbabilities, available, "Give a causal language model.");

    /// <inheritdoc/>
    public ITaskRun Run(EvaluatedModel model, RunOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new RunOptions();
        Require(model.Name, model.Model.Available);
        if (_windows.Context > model.MaxLength)
            throw new BadUsageException($"--context {_windows.Context} is beyond the {model.MaxLength} tokens that {model.Name} takes.");
        var watch = Stopwatch.StartNew();
        options.Progress?.Report(new ProgressReport("tokenising the text", 0, 0));
        var set = TokenWindows.Cut(_text.Text, model.Tokenizer, _windows);
        var starts = new int[set.Windows.Count + 1];
        for (var i = 0; i < set.Windows.Count; i++) starts[i + 1] = starts[i] + set.Windows[i].Predictions;
        var first = options.First as PerplexityRun;
        var sameTokens = first is null || first.SawTheSame(set);
        var probe = !model.Model.Available.HasFlag(ModelOutputs.Logits) ? null
            : first is not null ? sameTokens && first.Probe is not null ? new VocabularyProbe(first.Probe) : null
            : options.WillBeCompared ? new VocabularyProbe(starts[^1], model.Tokenizer.VocabularySize) : null;

        var nll = new double[set.Windows.Count];
        long done = 0;
        foreach (var (batch, indices) in set.ToBatches(TokenLogits.Bounds(_batches, model), model.Tokenizer.PadId))
        {
            cancel.ThrowIfCancellationRequested();
            var probed = probe is not null && indices.Any(i => probe.Within(starts[i], starts[i + 1]).Any());
            var outputs = model.Model.Run(
                batch, ModelOutputs.NextTokenLogProbabilities | (probed ? ModelOutputs.Logits : ModelOutputs.None));
            var width = batch.Length - 1;
            if (outputs.NextTokenLogProbabilities is not { Shape: [var rows, var columns] } output || rows != batch.Rows
                || columns != width)
                throw TaskErrors.Shape(model, nameof(ModelOutput.NextTokenLogProbabilities), $"{batch.Rows}, {width}",
                    outputs.NextTokenLogProbabilities);
            for (var row = 0; row < indices.Length; row++)
            {
                // Entry t of a row is about token t + 1, and so are the logits at t.
                var window = set.Windows[indices[row]];
                var sum = new PerplexitySum();
                sum.Add(output.Values.AsSpan(row * width + window.FirstPredicted - 1, window.Predictions));
                nll[indices[row]] = sum.Nll;
                if (!probed) continue;
                var start = starts[indices[row]];
                foreach (var (index, prediction) in probe!.Within(start, start + window.Predictions))
                    probe.Take(index, TokenLogits.At(model, outputs.Logits, batch, row, window.FirstPredicted - 1 + prediction - start));
            }
            done += batch.Rows;
            options.Progress?.Report(new ProgressReport("measuring perplexity", done, set.Windows.Count));
        }
        List<string> notices = [Protocol(set), .. _text.Notices, .. set.Notices];
        if (!sameTokens) notices.Add(OtherTokens(model, first!));
        return new PerplexityRun(this, model, set, nll, PredictedBytes.Of(set, model.Tokenizer), probe, notices,
            watch.Elapsed.TotalSeconds);
    }

    // A perplexity means nothing without it.
    string Protocol(TokenWindowSet set) => _windows.Stride is { } stride
        ? string.Create(CultureInfo.InvariantCulture, $"Perplexity by a window of {_windows.Context} tokens that slides by {stride}.")
        : string.Create(CultureInfo.InvariantCulture, $"Perplexity by {set.Windows.Count} windows of {_windows.Context} tokens at even distances.");

    static string OtherTokens(EvaluatedModel model, PerplexityRun first) =>
        $"{model.Name} cuts the text into other tokens than {first.Result.Model}: compare bits_per_byte, not perplexity.";
}
