using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Quantization;
using FFSplit.Compression.Repair;

namespace FFSplit.Compression.Splitting;

/// <summary>ffsplit.json: where a split checkpoint comes from, with its whole plan.</summary>
public static class SplitRecord
{
    /// <summary>Its name in the folder.</summary>
    public const string FileName = "ffsplit.json";

    const int Version = 1;

    /// <summary>Reads the plan that a split checkpoint was made by.</summary>
    /// <exception cref="BadInputException">No record, no plan in it, or one that does not fit the folder's config.json.</exception>
    public static CompressionPlan ReadPlan(Checkpoint split)
    {
        const string remedy = "Split the dense model again.";
        var path = Path.Combine(split.Folder, FileName);
        var root = JsonFile.Read(path, remedy);
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("plan", out var element))
            throw new BadInputException(path, "a record with a plan", "none", remedy);
        var plan = PlanFile.Parse(element, path);
        if (!plan.Layers.Select(l => l.Split).SequenceEqual(split.Split!.Layers))
            throw new BadInputException(path, "the plan that config.json describes", "another one", remedy);
        return plan;
    }

    internal static string Format(Checkpoint source, CompressionPlan plan, DType? type,
        IReadOnlyList<IReadOnlyDictionary<string, double>?> errors, IReadOnlyList<LayerRepair?>? repairs) => JsonText.Format(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", Version);
        writer.WriteString("tool_version", ToolVersion.Current);
        writer.WriteStartObject("source");
        writer.WriteString("model", Path.GetFileName(source.Folder));
        writer.WriteString("hash", source.Weights.Hash);
        writer.WriteEndObject();
        writer.WriteString("dtype", type?.HeaderName() ?? "source");
        writer.WriteStartArray("allowed_config");
        foreach (var key in source.AllowedConfig) writer.WriteStringValue(key);
        writer.WriteEndArray();
        // ‖W − AB‖² / ‖W‖² of each factored matrix; errors of outputs come with repair, which sees data.
        writer.WriteStartArray("factor_errors");
        foreach (var layer in errors)
        {
            writer.WriteStartObject();
            foreach (var (name, error) in layer ?? new Dictionary<string, double>()) writer.WriteNumber(name, error);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (repairs is not null) WriteRepairs(writer, repairs);
        writer.WritePropertyName("plan");
        writer.WriteRawValue(PlanFile.Format(plan));
        writer.WriteEndObject();
    });

    /// <summary>The record of a split checkpoint with what its quantisation did; all else as it was.</summary>
    internal static string WithQuantization(Checkpoint split, string data, IReadOnlyList<MatrixQuantization> matrices)
    {
        // A model runs without its record, so it is quantised without.
        var path = Path.Combine(split.Folder, FileName);
        JsonElement? root = File.Exists(path) ? JsonFile.Read(path, "Split the dense model again.") : null;
        return JsonText.Format(writer =>
        {
            writer.WriteStartObject();
            foreach (var property in root?.EnumerateObject() ?? default) property.WriteTo(writer);
            writer.WriteStartObject("quantization");
            writer.WriteString("data", data);
            writer.WriteStartObject("matrices");
            foreach (var matrix in matrices)
            {
                writer.WriteStartObject(matrix.Tensor);
                writer.WriteNumber("bits", matrix.Bits);
                writer.WriteNumber("block", matrix.Block);
                WriteError(writer, "nearest", matrix.Nearest);
                WriteError(writer, "feedback", matrix.Feedback);
                writer.WriteBoolean("kept", matrix.Kept);
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        });
    }

    // Errors ‖y* − y‖² / ‖y*‖² of the FFN's output on held-out tokens, from the weights as stored; null for a layer that is not split.
    static void WriteRepairs(Utf8JsonWriter writer, IReadOnlyList<LayerRepair?> repairs)
    {
        writer.WriteStartArray("repair");
        foreach (var layer in repairs)
        {
            if (layer is null)
            {
                writer.WriteNullValue();
                continue;
            }
            writer.WriteStartObject();
            WriteError(writer, "before", layer.Before);
            WriteError(writer, "after", layer.After);
            writer.WriteBoolean("kept", layer.Kept);
            writer.WriteNumber("ridge", layer.Ridge);
            writer.WriteNumber("features", layer.Features);
            writer.WriteNumber("tokens", layer.Tokens);
            writer.WriteNumber("held_out_tokens", layer.HeldOutTokens);
            writer.WriteBoolean("floored", layer.Floored);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    static void WriteError(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value)) writer.WriteNumber(name, value);
        else writer.WriteNull(name);
    }
}
