using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Evaluation.Tasks;

/// <summary>How well a regression head's output follows the labels: GLUE's STS-B, and the user's own table.</summary>
public sealed class RegressionTask : IEvaluationTask
{
    internal const string OwnName = "regression";
    internal const string OwnSummary = "Spearman × 100 of a regression head's output on your own table (--text, --text-pair, --label).";

    readonly BatchOptions _batches;

    RegressionTask(string name, ScoredSamples samples, TaskOptions options)
    {
        (Name, Samples) = (name, samples);
        TaskErrors.RefuseLabelMap(options, name);
        TaskErrors.RefuseWindows(options, name);
        _batches = options.Batches ?? new BatchOptions();
        _batches.Validate();
        samples.RequireTwoScores(options.Data.Path);
    }

    /// <summary>GLUE's regression task; its data is read.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, scores that don't differ.</exception>
    public static RegressionTask Of(GlueTask task, TaskOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(task);
        ArgumentNullException.ThrowIfNull(options);
        return new RegressionTask(task.Name, GlueReader.ReadScored(task, options.Data, GlueSplit.Dev, cancel), options);
    }

    /// <summary>The user's own table; it is read.</summary>
    /// <exception cref="BadInputException">Missing or malformed data, scores that don't differ.</exception>
    public static RegressionTask OfOwnData(TaskOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new RegressionTask(OwnName, LabeledReader.ReadScored(options.Data, cancel), options);
    }

    /// <summary>Samples already read, for a part of a training set that is set aside.</summary>
    /// <exception cref="BadInputException">Scores that don't differ.</exception>
    public static RegressionTask Of(string name, ScoredSamples samples, TaskOptions options)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(options);
        return new RegressionTask(name, samples, options);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public string Metric => "spearman";

    /// <inheritdoc/>
    public bool HigherIsBetter => true;

    /// <summary>What is judged on.</summary>
    public ScoredSamples Samples { get; }

    /// <inheritdoc/>
    public void Require(string model, ModelOutputs available)
        => HeadOutputs.Require(model, Name, available);

    /// <inheritdoc/>
    public ITaskRun Run(EvaluatedModel model, RunOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        var watch = Stopwatch.StartNew();
        var (outputs, tokens) = HeadOutputs.Run(model, Name, Samples.Samples, _batches, width =>
        {
            if (width != 1) throw TaskErrors.NotRegression(model, Name, width);
        }, options?.Progress, cancel);
        return new RegressionRun(this, model, Array.ConvertAll(outputs, o => (double)o[0]), tokens, watch.Elapsed.TotalSeconds);
    }
}
