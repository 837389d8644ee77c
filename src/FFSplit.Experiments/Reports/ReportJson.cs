using System.Text.Json.Serialization;

namespace FFSplit.Experiments.Reports;

/// <summary>Reports as JSON: snake_case keys, numbers that read back to the same bits, "NaN" where there is no number.</summary>
/// <remarks>Strict, because these files are kept for years: what is missing, null or unknown is an error.</remarks>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ExperimentReport))]
[JsonSerializable(typeof(ResultsPageResult))]
public sealed partial class ReportJson : JsonSerializerContext;
