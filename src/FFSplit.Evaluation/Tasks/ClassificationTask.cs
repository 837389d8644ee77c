using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tasks;

/// <summary>How well a classifier answers: GLUE's tasks, and the user's own labelled table.</summary>
/// <remarks>Which output stands for which label is found by the names in the model's config, or by --label-map; it is never
/// guessed.</remarks>
public sealed class ClassificationTask : IEvaluationTask
{
    internal const string OwnName = "classification";
    internal const string OwnSummary = "Accuracy × 100 of a classifier on your own table (--text, --text-pair, --label).";

    static readonly string[] s_ownMetrics = ["accuracy", "macro_f1", "matthews"];

    readonly IReadOnlyList<string> _metrics;
    readonly IReadOnlyDictionary<string, int>? _map;
    readonly BatchOptions _batches;

    ClassificationTask(string name, IReadOnlyList<string> metrics, ClassifiedSamples samples, TaskOptions options)
    {
        (Name, _metrics, Samples, _map) = (name, metrics, samples, options.LabelMap);
        TaskErrors.RefuseWindows(options, name);
        _batches = options.Batches ?? new BatchOptions();
        _batches.Validate();
        samples.RequireTwoLabels(options.Data.Path);
    }

    /// <summary>One of GLUE's tasks; its data is read.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, an unknown label, samples of one label only.</exception>
    public static ClassificationTask Of(GlueTask task, TaskOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        return new ClassificationTask(task.Name, task.Metrics, GlueReader.ReadClassified(task, options.Data, GlueSplit.Dev, cancel),
            options);
    }

    /// <summary>The user's own table; it is read.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, samples of one label only.</exception>
    public static ClassificationTask OfOwnData(TaskOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new ClassificationTask(OwnName, s_ownMetrics, LabeledReader.ReadClassified(options.Data, cancel), options);
    }

    /// <summary>Samples already read, for a part of a training set that is set aside.</summary>
    /// <param name="name">What reports call the task.</param>
    /// <param name="metrics">Names of <see cref="ClassificationMetrics"/>, the deciding one first.</param>
    /// <param name="samples">Of at least two labels.</param>
    /// <param name="options">Label map and batches; its data only names the source.</param>
    /// <exception cref="BadInputException">Samples of one label only.</exception>
    public static ClassificationTask Of(string name, IReadOnlyList<string> metrics, ClassifiedSamples samples, TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        return new ClassificationTask(name, metrics, samples, options);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Metric => _metrics[0];

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <summary>What is judged on.</summary>
    public ClassifiedSamples Samples { get; }

    /// <inheritdoc/>
    public void Require(string model, ModelOutputs available)
        => HeadOutputs.Require(model, Name, available);

    /// <inheritdoc/>
    public ITaskRun Run(EvaluatedModel model, RunOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var watch = Stopwatch.StartNew();
        int[] order = [];
        var notices = Samples.Notices;
        var (logits, tokens) = HeadOutputs.Run(model, Name, Samples.Samples, _batches, outputs =>
        {
            var head = new HeadLabels(model.Name, outputs, model.Labels);
            var found = head.Match(Samples.Set, _map);
            if (head.Contradiction(Samples.Set, _map) is { } otherwise) notices = [.. notices, otherwise];
            // The task's labels first, then what the model knows besides.
            order = [.. found, .. Enumerable.Range(0, outputs).Except(found)];
        }, options?.Progress, cancel);
        var inOrder = Array.ConvertAll(logits, row => Array.ConvertAll(order, i => row[i]));
        return new ClassificationRun(this, _metrics, model, inOrder, tokens, notices, watch.Elapsed.TotalSeconds);
    }
}
