using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FFSplit.Checkpoints;

namespace FFSplit.Onnx.Exporting;

/// <summary>What an exported folder says of itself (ffsplit-export.json, and in the model file's metadata).</summary>
/// <param name="FormatVersion">Of this file and the graph's inputs and outputs.</param>
/// <param name="Target">Who runs it.</param>
/// <param name="Precision">Of its weights.</param>
/// <param name="Split">Whether FFNs are split.</param>
/// <param name="Source">Name of the folder that it was made from.</param>
/// <param name="SourceHash">Of that folder's weights.</param>
/// <param name="ToolVersion">Of ffsplit.</param>
public sealed record ExportRecord(int FormatVersion, string Target, string Precision, bool Split, string Source, string SourceHash,
    string ToolVersion)
{
    /// <summary>The file's name.</summary>
    public const string FileName = "ffsplit-export.json";

    /// <summary>The version that this tool writes.</summary>
    public const int CurrentVersion = 1;

    internal static ExportRecord Of(Checkpoint checkpoint, ExportTarget target) => new(CurrentVersion, target.Name(), "fp32",
        checkpoint.Architecture.IsSplit, Path.GetFileName(checkpoint.Folder), checkpoint.Weights.Hash,
        Checkpoints.ToolVersion.Current);

    internal string ToJson() => JsonSerializer.Serialize(this, ExportRecordJson.Default.ExportRecord) + "\n";

    internal Dictionary<string, string> ToMetadata() => new(StringComparer.Ordinal)
    {
        ["ffsplit.format_version"] = FormatVersion.ToString(CultureInfo.InvariantCulture),
        ["ffsplit.target"] = Target,
        ["ffsplit.precision"] = Precision,
        ["ffsplit.source_hash"] = SourceHash,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ExportRecord))]
sealed partial class ExportRecordJson : JsonSerializerContext;
