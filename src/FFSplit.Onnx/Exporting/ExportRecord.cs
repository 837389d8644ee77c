using System.Reflection;
using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Onnx.Exporting;

/// <summary>ffsplit-export.json: what an exported folder is and where it comes from.</summary>
/// <param name="Target">Whose operators it uses.</param>
/// <param name="Precision">Of its weights.</param>
/// <param name="Architecture">The model.</param>
/// <param name="Source">The name of the folder that it was exported from.</param>
/// <param name="SourceHash">Of that folder's weights.</param>
sealed record ExportRecord(string Target, string Precision, Architecture Architecture, string Source, string SourceHash)
{
    public const string FileName = "ffsplit-export.json";

    /// <summary>Of the folder's form; a reader refuses a newer one.</summary>
    public const int Version = 1;

    /// <summary>The version of this library.</summary>
    public static string ToolVersion { get; } =
        typeof(ExportRecord).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    public string Format() => ExportJsonText.Format(writer =>
    {
        writer.WriteNumber("version", Version);
        writer.WriteString("tool_version", ToolVersion);
        writer.WriteString("format", OnnxExportOptions.Format);
        writer.WriteString("target", Target);
        writer.WriteString("precision", Precision);
        writer.WriteBoolean("split", Architecture.IsSplit);
        writer.WriteStartObject("source");
        writer.WriteString("model", Source);
        writer.WriteString("hash", SourceHash);
        writer.WriteEndObject();
    });
}
