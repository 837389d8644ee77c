using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Evaluation.Tasks;

/// <summary>Perplexity of a causal model on a text: windows at even distances or a sliding one, without a leading special token.</summary>
/// <remarks>Perplexities compare only between models with the same tokenizer.</remarks>
public sealed class PerplexityTask : IEvaluationTask
{
    internal const string TaskName = "perplexity";
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
    public EvaluationResult Evaluate(EvaluatedModel model, IProgress<ProgressReport>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Model.Available.HasFlag(ModelOutputs.NextTokenLogProbabilities))
            throw TaskErrors.Lacks(model, Name, ModelOutputs.NextTokenLogProbabilities, "Give a causal language model.");
        if (_windows.Context > model.MaxLength)
            throw new BadUsageException($"--context {_windows.Context} is beyond the {model.MaxLength} tokens that {model.Name} takes.");
        var watch = Stopwatch.StartNew();
        progress?.Report(new ProgressReport("tokenising the text", 0, 0));
        var set = TokenWindows.Cut(_text.Text, model.Tokenizer, _windows);

        var sum = new PerplexitySum();
        long done = 0;
        foreach (var (batch, indices) in set.ToBatches(_batches, model.Tokenizer.PadId))
        {
            cancel.ThrowIfCancellationRequested();
            var output = model.Model.Run(batch, ModelOutputs.NextTokenLogProbabilities).NextTokenLogProbabilities;
            var width = batch.Length - 1;
            if (output is not { Shape: [var rows, var columns] } || rows != batch.Rows || columns != width)
                throw TaskErrors.Shape(model, nameof(ModelOutput.NextTokenLogProbabilities), $"{batch.Rows}, {width}", output);
            for (var row = 0; row < indices.Length; row++)
            {
                // Entry t of a row is about token t + 1.
                var window = set.Windows[indices[row]];
                sum.Add(output.Values.AsSpan(row * width + window.FirstPredicted - 1, window.Predictions));
            }
            done += batch.Rows;
            progress?.Report(new ProgressReport("measuring perplexity", done, set.Windows.Count));
        }
        return new EvaluationResult
        {
            Model = model.Name,
            Task = Name,
            Metric = Metric,
            Value = sum.Perplexity,
            HigherIsBetter = HigherIsBetter,
            Metrics = new Dictionary<string, double> { [Metric] = sum.Perplexity, ["nll"] = sum.MeanNll },
            Samples = set.Windows.Count,
            Tokens = set.TokenCount,
            Seconds = watch.Elapsed.TotalSeconds,
            Notices = [.. _text.Notices, .. set.Notices],
        };
    }
}
