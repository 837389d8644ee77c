using System.Text.Json.Serialization;

namespace FFSplit.Experiments.Reports;

/// <summary>Figures of one run.</summary>
/// <param name="Name">What was measured, for example "paper, tuned".</param>
/// <param name="Seed">The run's seed, if it has one.</param>
/// <param name="Values">The figures by name.</param>
public sealed record Measurement(string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] long? Seed, IReadOnlyDictionary<string, double> Values);
