using System.Text.Json.Serialization;

namespace FFSplit.Experiments.Benching;

/// <summary>Results as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(BenchResult))]
[JsonSerializable(typeof(SpeedPagesResult))]
public sealed partial class BenchJson : JsonSerializerContext;
