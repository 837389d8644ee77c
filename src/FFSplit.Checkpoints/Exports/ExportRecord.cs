using System.Text.Json;
using System.Text.Json.Serialization;

namespace FFSplit.Checkpoints.Exports;

/// <summary>What an exported folder says of itself: ffsplit-export.json.</summary>
public sealed record ExportRecord
{
    /// <summary>The file's name.</summary>
    public const string FileName = "ffsplit-export.json";

    /// <summary>The version that this tool writes: of this file, and of the graph's inputs and outputs.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Of the file.</summary>
    public int FormatVersion { get; init; } = CurrentVersion;

    /// <summary>Who runs it: onnxruntime or portable.</summary>
    public required string Target { get; init; }

    /// <summary>Of its matrices.</summary>
    public required string Precision { get; init; }

    /// <summary>Of its tables.</summary>
    public required string Table { get; init; }

    /// <summary>The model file, below the folder.</summary>
    public required string ModelFile { get; init; }

    /// <summary>The longest text that the model can take, in tokens.</summary>
    public required int MaximumLength { get; init; }

    /// <summary>Whether FFNs are split.</summary>
    public required bool Split { get; init; }

    /// <summary>Parameters of the exported model.</summary>
    public required long Parameters { get; init; }

    /// <summary>What a run computes, which the graph alone does not tell; null where an older version wrote the folder.</summary>
    public RunCounts? Run { get; init; }

    /// <summary>Bytes of weights that every run reads, as they are stored; null where an older version wrote the folder.</summary>
    public long? WeightBytes { get; init; }

    /// <summary>Name of the folder that it was made from.</summary>
    public required string Source { get; init; }

    /// <summary>Of that folder's weights.</summary>
    public required string SourceHash { get; init; }

    /// <summary>Of ffsplit.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>Whether a folder says that it was exported.</summary>
    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, FileName));

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="BadInputException">The folder is no export, the file is damaged, or of a newer version.</exception>
    public static ExportRecord Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new BadInputException(folder, $"an exported folder, which holds {FileName}", Directory.Exists(folder) ? "none" : "no folder there",
                "Write one with ffsplit export.");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllText(path));
            // Before the rest is understood: a newer version may have other keys.
            if (json.RootElement.TryGetProperty("format_version", out var version) && version.TryGetInt32(out var number) && number > CurrentVersion)
                throw new BadInputException($"{path}, key 'format_version'", $"at most {CurrentVersion}", $"{number}",
                    "Use the version of ffsplit that wrote it, or a newer one.");
            return json.RootElement.Deserialize(ExportRecordJson.Default.ExportRecord)!;
        }
        catch (JsonException exception)
        {
            throw new BadInputException(path, "what ffsplit export writes", exception.Message, "Export the model again.");
        }
    }

    /// <summary>The file's content.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ExportRecordJson.Default.ExportRecord) + "\n";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(ExportRecord))]
sealed partial class ExportRecordJson : JsonSerializerContext;
