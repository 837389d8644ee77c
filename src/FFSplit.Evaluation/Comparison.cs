using System.Text.Json.Serialization;
using FFSplit.Checkpoints;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Evaluation;

/// <summary>One model beside the first.</summary>
/// <param name="Result">What it reached.</param>
/// <param name="Drop">By how much it is worse than the first, in the direction of the deciding metric: first − value where higher is
/// better, value − first where lower is. Negative: better. 0 for the first, NaN where either could not be computed.</param>
/// <param name="Passed">Whether its value could be computed and its drop is within what was allowed.</param>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record ComparedModel(EvaluationResult Result, double Drop, bool Passed);

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
