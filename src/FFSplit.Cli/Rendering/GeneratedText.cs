using System.Text.Json.Serialization;

namespace FFSplit.Cli.Rendering;

/// <summary>A text and how it was continued.</summary>
sealed record GeneratedText(string Prompt, string Text, int Seed);

/// <summary>The same as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(GeneratedText))]
sealed partial class GeneratedJson : JsonSerializerContext;
