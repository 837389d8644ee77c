using System.Text.Json;
using System.Text.Json.Serialization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;
using FFSplit.Compression.Methods;

namespace FFSplit.Compression.Plans;

/// <summary>
/// Says for every layer which neurons are heavy and what stands for the others, and why. Checkpoint + plan = split checkpoint.
/// </summary>
public sealed record CompressionPlan
{
    /// <summary>The format that this version writes, and the newest that it reads.</summary>
    public const int CurrentVersion = 1;

    /// <summary>Of the format.</summary>
    public required int Version { get; init; }

    /// <summary>Of the tool that made the plan.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>The model's folder name, for people.</summary>
    public required string Model { get; init; }

    /// <summary>Hash of its weights: a plan is for these and no others.</summary>
    public required string ModelHash { get; init; }

    /// <summary>How FFNs are divided.</summary>
    public required string Method { get; init; }

    /// <summary>How neurons were scored; null where no choice was needed.</summary>
    public required string? Importance { get; init; }

    /// <summary>Fraction of neurons kept whole, as asked for.</summary>
    public required double Heavy { get; init; }

    /// <summary>Rank as a fraction of full rank, as asked for.</summary>
    public required double Rank { get; init; }

    /// <summary>Whether the size was matched to the paper's split.</summary>
    public required bool Match { get; init; }

    /// <summary>Of random choices.</summary>
    public required long Seed { get; init; }

    /// <summary>The calibration data in words; null where none was used.</summary>
    public required string? Data { get; init; }

    /// <summary>Hash of the statistics; null where none were used.</summary>
    public required string? StatisticsHash { get; init; }

    /// <summary>One entry a block.</summary>
    public required IReadOnlyList<LayerPlan> Layers { get; init; }

    /// <summary>Whether the output matrices are refitted on calibration tokens, which gives every layer an output bias.</summary>
    public bool Repair { get; init; }

    /// <summary>The "ffsplit" key for config.json.</summary>
    public SplitHeader Header(IReadOnlyList<string> allowedConfig) => new([.. Layers.Select(l => l.Split)], allowedConfig);
}

/// <summary>One FFN's part of a plan.</summary>
/// <param name="Heavy">Indices of the neurons kept whole, ascending.</param>
/// <param name="Light">Kind of the light part: none, low-rank, linear or dense.</param>
/// <param name="Rank">Of the light part; 0 where it has none.</param>
/// <param name="Why">What the choice rests on, in words.</param>
public sealed record LayerPlan(IReadOnlyList<int> Heavy, string Light, int Rank, string Why)
{
    /// <summary>The light part's kind.</summary>
    [JsonIgnore]
    public LightKind Kind => LightKinds.Parse(Light) ?? throw new InvalidOperationException($"'{Light}' is no kind of light part.");

    /// <summary>Counts and kind.</summary>
    [JsonIgnore]
    public SplitLayer Split => new(Heavy.Count, Kind, Rank);
}

/// <summary>Reads and writes plans.</summary>
public static class PlanFile
{
    /// <summary>The plan as JSON.</summary>
    public static string Format(CompressionPlan plan) => JsonSerializer.Serialize(plan, PlanJson.Default.CompressionPlan);

    /// <summary>Reads a plan.</summary>
    /// <exception cref="BadInputException">No such file, not a plan, or one of a newer format.</exception>
    public static CompressionPlan Read(string path)
    {
        const string remedy = "Make a plan with 'ffsplit plan'.";
        return Parse(JsonFile.Read(path, remedy), path);
    }

    /// <summary>Reads a plan from a document.</summary>
    /// <exception cref="BadInputException">Not a plan, or one of a newer format.</exception>
    public static CompressionPlan Parse(JsonElement root, string path)
    {
        const string remedy = "Make a plan with 'ffsplit plan'.";
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("version", out var version) && version.TryGetInt32(out var number)
            && number > CompressionPlan.CurrentVersion)
            throw new BadInputException($"{path}, version", $"at most {CompressionPlan.CurrentVersion}", $"{number}",
                "Use the version of ffsplit that wrote the plan.");
        CompressionPlan plan;
        try
        {
            plan = root.Deserialize(PlanJson.Default.CompressionPlan) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            // The serializer's own words name types of this code.
            throw new BadInputException(path, "a compression plan with all its keys and no others", $"something else at {e.Path ?? "$"}",
                remedy, e);
        }
        if (CompressionMethod.OfPlan(plan.Method) is null)
            throw new BadInputException($"{path}, method", $"one of {string.Join(", ", CompressionMethod.Names)}", $"'{plan.Method}'",
                remedy);
        if (plan.Importance is { } importance && Importances.Importance.Find(importance) is null)
            throw new BadInputException($"{path}, importance", $"one of {string.Join(", ", Importances.Importance.Names)}",
                $"'{importance}'", remedy);
        for (var i = 0; i < plan.Layers.Count; i++)
        {
            var layer = plan.Layers[i];
            if (LightKinds.Parse(layer.Light) is not { } kind)
                throw new BadInputException($"{path}, layer {i}, light", "none, low-rank, linear or dense", $"'{layer.Light}'", remedy);
            if (layer.Rank < 0 || layer.Rank > 0 != kind is LightKind.LowRank or LightKind.Linear)
                throw new BadInputException($"{path}, layer {i}, rank", "a positive rank for low-rank and linear, 0 for none and dense",
                    $"{layer.Rank}", remedy);
            for (var j = 0; j < layer.Heavy.Count; j++)
                if (layer.Heavy[j] < 0 || j > 0 && layer.Heavy[j] <= layer.Heavy[j - 1])
                    throw new BadInputException($"{path}, layer {i}, heavy", "indices of neurons in ascending order",
                        $"{layer.Heavy[j]} at place {j}", remedy);
        }
        return plan;
    }

    /// <summary>Holds a plan against the model that it is to be applied to.</summary>
    /// <exception cref="BadInputException">It was made for another model.</exception>
    public static void CheckFits(CompressionPlan plan, Checkpoint checkpoint, string path)
    {
        const string remedy = "Make a plan for this model with 'ffsplit plan'.";
        var blocks = checkpoint.Architecture.Blocks;
        if (plan.Layers.Count != blocks.Count)
            throw new BadInputException(path, $"a plan for {blocks.Count} layers", $"one for {plan.Layers.Count} (made for {plan.Model})",
                remedy);
        for (var i = 0; i < blocks.Count; i++)
        {
            var (layer, ffn) = (plan.Layers[i], blocks[i].FeedForward);
            if (layer.Heavy.Count > 0 && layer.Heavy[^1] >= ffn.IntermediateSize)
                throw new BadInputException($"{path}, layer {i}, heavy", $"neurons below {ffn.IntermediateSize}",
                    $"{layer.Heavy[^1]} (made for {plan.Model})", remedy);
            var most = layer.Kind == LightKind.Linear ? ffn.HiddenSize : Math.Min(ffn.HiddenSize, ffn.IntermediateSize - layer.Heavy.Count);
            if (layer.Kind is LightKind.Linear && !plan.Repair)
                throw new BadInputException($"{path}, layer {i}, light", "a kind that needs no repair, since there is none", layer.Light,
                    "Only a repair can fill the map: compress with --light linear and --data.");
            if (layer.Rank > most)
                throw new BadInputException($"{path}, layer {i}, rank", $"at most {most}, full rank", $"{layer.Rank}", remedy);
        }
        if (plan.ModelHash != checkpoint.Weights.Hash)
            throw new BadInputException(path, $"a plan for the weights of {checkpoint.Folder} ({checkpoint.Weights.Hash[..19]}…)",
                $"one for {plan.Model} ({(plan.ModelHash.Length > 19 ? plan.ModelHash[..19] : plan.ModelHash)}…)", remedy);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, NewLine = "\n",
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CompressionPlan))]
sealed partial class PlanJson : JsonSerializerContext;
