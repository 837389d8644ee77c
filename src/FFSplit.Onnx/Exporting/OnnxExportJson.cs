using System.Text.Json.Serialization;

namespace FFSplit.Onnx.Exporting;

/// <summary>Results as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(OnnxExportResult))]
public sealed partial class OnnxExportJson : JsonSerializerContext;
