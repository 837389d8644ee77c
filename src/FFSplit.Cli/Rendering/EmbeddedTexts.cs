using System.Text.Json.Serialization;

namespace FFSplit.Cli.Rendering;

/// <summary>Vectors that were written to a file.</summary>
/// <param name="Output">The JSONL file.</param>
/// <param name="Texts">Its lines.</param>
/// <param name="Dimensions">Numbers of a vector.</param>
sealed record EmbeddedTexts(string Output, int Texts, int Dimensions);

/// <summary>The same as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(EmbeddedTexts))]
sealed partial class EmbeddedJson : JsonSerializerContext;
