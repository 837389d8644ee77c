using System.Text.Json.Serialization;
using FFSplit.Compression.Analysis;
using FFSplit.Evaluation;

namespace FFSplit.Compression.Jobs;

/// <summary>The results of jobs as JSON: snake_case keys, numbers that read back to the same bits, "NaN" where there is no
/// number.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(HeavyHitterReport))]
[JsonSerializable(typeof(PlanResult))]
[JsonSerializable(typeof(CompressionEstimate))]
[JsonSerializable(typeof(CompressionResult))]
[JsonSerializable(typeof(MergeResult))]
[JsonSerializable(typeof(QuantizationResult))]
[JsonSerializable(typeof(ExportResult))]
[JsonSerializable(typeof(Comparison))]
[JsonSerializable(typeof(FinetuneResult))]
public sealed partial class JobJson : JsonSerializerContext;
