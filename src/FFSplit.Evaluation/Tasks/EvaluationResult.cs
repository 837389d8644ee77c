using System.Text.Json.Serialization;

namespace FFSplit.Evaluation.Tasks;

/// <summary>What one model reached on one task.</summary>
/// <remarks>In JSON a number that isn't finite is the text "NaN", "Infinity" or "-Infinity".</remarks>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record EvaluationResult
{
    /// <summary>The model's name, as the user gave it.</summary>
    public required string Model { get; init; }

    /// <summary>The task's name.</summary>
    public required string Task { get; init; }

    /// <summary>The name of the metric that decides.</summary>
    public required string Metric { get; init; }

    /// <summary>The metric that decides; NaN where it could not be computed.</summary>
    public required double Value { get; init; }

    /// <summary>Whether a larger <see cref="Value"/> is better.</summary>
    public required bool HigherIsBetter { get; init; }

    /// <summary>All metrics by name, the deciding one among them, in the order in which they should be shown.</summary>
    [JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
    public required IReadOnlyDictionary<string, double> Metrics { get; init; }

    /// <summary>Samples judged: pairs, windows, texts.</summary>
    public required long Samples { get; init; }

    /// <summary>Tokens that the model was run on, padding left out.</summary>
    public required long Tokens { get; init; }

    /// <summary>Time from the first token to the last, tokenising included.</summary>
    public required double Seconds { get; init; }

    /// <summary>Sentences that the user should see.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];
}
