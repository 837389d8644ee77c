using System.Text.Json.Serialization;

namespace FFSplit.Onnx.Exporting;

/// <summary>An exported folder.</summary>
/// <param name="Output">The folder.</param>
/// <param name="Format">onnx.</param>
/// <param name="Target">Whose operators it uses.</param>
/// <param name="Precision">Of its weights.</param>
/// <param name="Table">Of the token table.</param>
/// <param name="Bytes">Of the model file and of the weights beside it.</param>
/// <param name="Parameters">Of the model.</param>
public sealed record OnnxExportResult(string Output, string Format, string Target, string Precision, string Table, long Bytes, long Parameters);

/// <summary>The result as JSON: snake_case keys.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(OnnxExportResult))]
public sealed partial class OnnxExportJson : JsonSerializerContext;
