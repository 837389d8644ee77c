using System.Text.Json.Serialization;
using FFSplit.Experiments.Reports;

namespace FFSplit.Experiments.Running;

/// <summary>Files of unfinished work as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Measurement))]
[JsonSerializable(typeof(Dictionary<string, string>))]
sealed partial class WorkJson : JsonSerializerContext;
