using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;

namespace FFSplit.Compression.Splitting;

/// <summary>Writes the split checkpoint of a dense model and a plan (docs/format.md), one block in memory at a time.</summary>
public static class SplitWriter
{
    /// <summary>The file that says where a split checkpoint comes from.</summary>
    public const string RecordName = "ffsplit.json";

    /// <summary>Writes a folder, atomically.</summary>
    /// <param name="checkpoint">A dense model.</param>
    /// <param name="plan">For this model.</param>
    /// <param name="output">The folder to make.</param>
    /// <param name="type">Element type of the FFNs' tensors; null keeps the source's.</param>
    /// <param name="force">Whether an existing split or model folder may be replaced.</param>
    /// <param name="progress">Counts blocks.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="BadUsageException">The folder exists and <paramref name="force"/> is not set.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static void Write(Checkpoint checkpoint, CompressionPlan plan, string output, DType? type, bool force,
        IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        DenseModel.Require(checkpoint);
        PlanFile.CheckFits(plan, checkpoint, "The plan");
        AtomicFolder.EnsureApart(checkpoint.Folder, output);
        using var folder = AtomicFolder.Create(output, force);
        FolderCopy.AllButWeights(checkpoint.Folder, folder.Path, except: ["config.json", RecordName], cancellation);
        var layers = new LayerCache(checkpoint, plan, type, progress, cancellation);
        ShardedSafetensors.Write(folder.Path, SplitHeader.WeightsName, Tensors(checkpoint, plan, layers), metadata: new Dictionary<string, string> { ["format"] = "ffsplit" });
        AtomicFile.WriteAllText(Path.Combine(folder.Path, "config.json"), ConfigText(checkpoint, plan));
        AtomicFile.WriteAllText(Path.Combine(folder.Path, RecordName), RecordText(checkpoint, plan, type, layers));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
    }

    /// <summary>Every tensor of the split checkpoint, those of FFNs not computed yet.</summary>
    internal static IEnumerable<TensorData> Tensors(Checkpoint checkpoint, CompressionPlan plan, LayerCache? layers = null)
    {
        var feedForward = checkpoint.Architecture.Blocks.SelectMany(b => b.FeedForward.Bindings).Select(b => b.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var tensor in checkpoint.Weights.Tensors.Values)
            if (!feedForward.Contains(tensor.Name) && !checkpoint.RepeatedTensors.Contains(tensor.Name)) yield return tensor;
        foreach (var block in checkpoint.Architecture.Blocks)
            foreach (var (name, shape) in LayerSplitter.Describe(block.FeedForward, plan.Layers[block.Index]))
                yield return new DeferredTensor(name, layers?.TypeOf(block) ?? checkpoint.Tensor(block.FeedForward.Dense.Up.Weight).Type, shape,
                    () => layers!.Get(block)[name]);
    }

    static string ConfigText(Checkpoint checkpoint, CompressionPlan plan) => Json(writer =>
    {
        writer.WriteStartObject();
        foreach (var property in checkpoint.Config.Root.EnumerateObject())
            if (property.NameEquals("model_type")) writer.WriteString("model_type", SplitHeader.ModelTypePrefix + property.Value.GetString());
            else property.WriteTo(writer);
        writer.WritePropertyName(SplitHeader.ConfigKey);
        plan.Header(checkpoint.AllowedConfig).Write(writer);
        writer.WriteEndObject();
    });

    static string RecordText(Checkpoint checkpoint, CompressionPlan plan, DType? type, LayerCache layers) => Json(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("version", SplitHeader.Version);
        writer.WriteString("tool_version", ToolVersion.Current);
        writer.WriteStartObject("source");
        writer.WriteString("model", Path.GetFileName(checkpoint.Folder));
        writer.WriteString("hash", checkpoint.Weights.Hash);
        writer.WriteEndObject();
        writer.WriteString("dtype", type?.HeaderName() ?? "source");
        writer.WriteStartArray("allowed_config");
        foreach (var key in checkpoint.AllowedConfig) writer.WriteStringValue(key);
        writer.WriteEndArray();
        // Relative loss ‖W − AB‖² / ‖W‖² of each factored matrix; errors of outputs come with repair, which sees data.
        writer.WriteStartArray("factor_errors");
        foreach (var block in checkpoint.Architecture.Blocks)
        {
            writer.WriteStartObject();
            foreach (var (name, error) in layers.Errors(block)) writer.WriteNumber(name, error);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WritePropertyName("plan");
        writer.WriteRawValue(PlanFile.Format(plan));
        writer.WriteEndObject();
    });

    static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
