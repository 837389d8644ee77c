using System.Text.Json.Serialization;
using FFSplit.Compression.Analysis;

namespace FFSplit.Compression.Demo;

/// <summary>What the demo found.</summary>
/// <param name="Analysis">Where the model's heavy hitters are.</param>
/// <param name="Rows">The dense model first, then one row a method, at equal size.</param>
/// <param name="Notice">What the figures are, and what recovers the loss.</param>
/// <param name="Seconds">Of the whole demo.</param>
public sealed record DemoReport(HeavyHitterReport Analysis, IReadOnlyList<DemoRow> Rows, string Notice, double Seconds);

/// <summary>One model of the demo.</summary>
/// <param name="Name">dense, or the method.</param>
/// <param name="Description">The method in a sentence.</param>
/// <param name="BlockParameters">Parameters of the transformer blocks.</param>
/// <param name="BlockReduction">By how much fewer than the dense model's, as a fraction.</param>
/// <param name="Bytes">Of the weight files.</param>
/// <param name="Perplexity">On the demo's evaluation text.</param>
/// <param name="CompressSeconds">Time to plan and write; 0 for the dense model.</param>
/// <param name="EvaluateSeconds">Time of the evaluation.</param>
/// <param name="Paragraph">What the model writes on from the demo's prompt.</param>
public sealed record DemoRow(string Name, string Description, long BlockParameters, double BlockReduction, long Bytes, double Perplexity,
    double CompressSeconds, double EvaluateSeconds, string Paragraph);

/// <summary>JSON of the report.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(DemoReport))]
public sealed partial class DemoReportJson : JsonSerializerContext;
