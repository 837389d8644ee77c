using System.Text.Json.Serialization;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Evaluation;

/// <summary>One model beside the first.</summary>
/// <param name="Result">What it reached.</param>
/// <param name="Drop">By how much it is worse than the first, in the direction of the deciding metric: first − value where higher is
/// better, value − first where lower is. Negative: better. 0 for the first, NaN where either could not be computed, null where the
/// two values measure different things.</param>
/// <param name="Passed">Whether its value could be computed and its drop is within what was allowed.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record ComparedModel(EvaluationResult Result, double? Drop, bool Passed)
{
    /// <summary>Where the drop lies when the samples are drawn again (same direction as <see cref="Drop"/>); null for the first model,
    /// where no interval was asked for, and where the models did not see the same samples.</summary>
    public BootstrapInterval? DropInterval { get; init; }

    /// <summary>How near its outputs are to the first model's; null for the first, and where they do not compare.</summary>
    public Fidelity? AgainstFirst { get; init; }
}

/// <summary>Several models side by side on one task, each held against the first.</summary>
/// <param name="Task">The task's name.</param>
/// <param name="Metric">The metric that decides.</param>
/// <param name="HigherIsBetter">Whether a larger value of it is better.</param>
/// <param name="MaxDrop">How much worse than the first a later model may be; null where nothing was asked.</param>
/// <param name="Models">In the order given.</param>
/// <param name="Passed">Whether all models passed; the command line's exit code 0 or 1.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record Comparison(
    string Task, string Metric, bool HigherIsBetter, double? MaxDrop, IReadOnlyList<ComparedModel> Models, bool Passed)
{
    /// <summary>Holds runs against the first: drops, their paired intervals, and how near the outputs are. A value that is not a number
    /// never passes, asked for a bound or not.</summary>
    /// <param name="runs">At least one, all of the same task.</param>
    /// <param name="maxDrop">--max-drop, in the units of the metric; null checks no drop.</param>
    /// <param name="bootstrap">How intervals are drawn; null draws them with the defaults.</param>
    /// <param name="cancel">Looked at before each resample.</param>
    /// <exception cref="BadUsageException">A bound that is negative or not a number.</exception>
    public static Comparison OfRuns(IReadOnlyList<ITaskRun> runs, double? maxDrop = null, BootstrapOptions? bootstrap = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        bootstrap ??= new BootstrapOptions();
        bootstrap.Validate();
        var comparison = Of([.. runs.Select(r => r.Result)], maxDrop);
        var first = runs[0];
        ComparedModel[] models = [.. comparison.Models.Select((model, i) => i == 0 ? model : model with
        {
            Drop = runs[i].ComparesWith(first) ? model.Drop : null,
            // No bound can be kept by a value that does not compare.
            Passed = model.Passed && (maxDrop is null || runs[i].ComparesWith(first)),
            DropInterval = bootstrap.Resamples > 0 && runs[i].PairsWith(first)
                ? Interval(first, runs[i], comparison.HigherIsBetter, bootstrap, cancel)
                : null,
            AgainstFirst = runs[i].Against(first),
        })];
        return comparison with { Models = models, Passed = models.All(m => m.Passed) };
    }

    static BootstrapInterval Interval(ITaskRun first, ITaskRun later, bool higherIsBetter, BootstrapOptions options,
        CancellationToken cancel) =>
        PairedBootstrap.Interval(
            counts => higherIsBetter ? first.Value(counts) - later.Value(counts) : later.Value(counts) - first.Value(counts),
            first.Units, options, cancel);

    /// <summary>Holds results against the first. A value that is not a number never passes, asked for a bound or not.</summary>
    /// <param name="results">At least one, all of the same task.</param>
    /// <param name="maxDrop">--max-drop, in the units of the metric; null checks no drop.</param>
    /// <exception cref="BadUsageException">A bound that is negative or not a number.</exception>
    public static Comparison Of(IReadOnlyList<EvaluationResult> results, double? maxDrop = null)
    {
        ArgumentNullException.ThrowIfNull(results);
        if (results.Count == 0) throw new ArgumentException("There is nothing to compare.", nameof(results));
        if (maxDrop is { } bound && !(bound >= 0)) throw new BadUsageException($"--max-drop takes a number of at least 0, not {bound}.");
        var first = results[0];
        if (results.Any(r => r.Task != first.Task || r.Metric != first.Metric || r.HigherIsBetter != first.HigherIsBetter))
            throw new ArgumentException("Results of different tasks do not compare.", nameof(results));

        var models = new ComparedModel[results.Count];
        for (var i = 0; i < models.Length; i++)
        {
            var drop = first.HigherIsBetter ? first.Value - results[i].Value : results[i].Value - first.Value;
            // Written so that NaN is on the failing side.
            var within = i == 0 || maxDrop is null || drop <= maxDrop;
            models[i] = new ComparedModel(results[i], drop, double.IsFinite(results[i].Value) && double.IsFinite(drop) && within);
        }
        return new Comparison(first.Task, first.Metric, first.HigherIsBetter, maxDrop, models, models.All(m => m.Passed));
    }
}
