using System.Text.Json.Serialization;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Evaluation;

/// <summary>How results are written as JSON: camelCase keys, numbers that read back to the same bits, NaN as the text "NaN".</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(EvaluationResult))]
[JsonSerializable(typeof(IReadOnlyList<EvaluationResult>))]
[JsonSerializable(typeof(Comparison))]
public sealed partial class EvaluationJson : JsonSerializerContext;
