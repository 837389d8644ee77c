using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Modeling.Training.Recovery;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training;

/// <summary>How a trained folder is written.</summary>
public sealed record TrainedFolderOptions
{
    /// <summary>The folder to make.</summary>
    public required string Output { get; init; }

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Element type of all weights; null keeps each tensor's own.</summary>
    public DType? Type { get; init; } = DType.F32;

    /// <summary>Names of a classifier's labels in order; null leaves the config's as they are.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary><c>problem_type</c>; null leaves it as it is.</summary>
    public string? ProblemType { get; init; }

    /// <summary><c>pad_token_id</c> where the config has none: a causal classifier of transformers finds a row's last token by
    /// it.</summary>
    public int? PadId { get; init; }

    /// <summary>The content of training.json; null writes none.</summary>
    public string? Record { get; init; }

    /// <summary>A folder with event files to keep as <c>runs</c>; null for none.</summary>
    public string? Events { get; init; }
}

/// <summary>
/// Writes trained weights as a folder of the kind that they came from: an ordinary Hugging Face folder, or a split checkpoint. Weight
/// bindings are read backwards: parts are fused again and matrices turned to how the file had them.
/// </summary>
public static class TrainedFolder
{
    /// <summary>The name of the record beside the weights.</summary>
    public const string RecordName = FolderCopy.TrainingRecord;

    const string Runs = "runs";

    /// <summary>Writes a folder, atomically.</summary>
    /// <param name="checkpoint">What the weights were loaded from, perhaps with a new head.</param>
    /// <param name="weights">The weights.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <exception cref="BadUsageException">The output exists and may not be replaced, or is the input.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static void Write(Checkpoint checkpoint, IWeightSource weights, TrainedFolderOptions options,
        CancellationToken cancellation = default)
    {
        AtomicFolder.EnsureApart(checkpoint.Folder, options.Output);
        using var folder = AtomicFolder.Create(options.Output, options.Force);
        FolderCopy.AllButWeights(checkpoint.Folder, folder.WorkFolder, except: ["config.json"], cancellation);
        var split = checkpoint.Split is not null;
        ShardedSafetensors.Write(folder.WorkFolder, split ? SplitHeader.WeightsName : "model",
            Tensors(checkpoint, weights, options.Type, cancellation),
            metadata: new Dictionary<string, string> { ["format"] = split ? "ffsplit" : "pt" });
        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, "config.json"), Config(checkpoint, options));
        if (options.Record is not null) AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, RecordName), options.Record);
        KeepEvents(options.Events, Path.Combine(folder.WorkFolder, Runs));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
    }

    /// <summary>A stored tensor from the weights that lie in it: the inverse of <see cref="TorchWeights.Load"/>.</summary>
    /// <param name="parts">All bindings of one name.</param>
    /// <param name="weights">The weights.</param>
    /// <returns>In the file's orientation.</returns>
    internal static Tensor Stored(IReadOnlyList<WeightBinding> parts, IWeightSource weights)
    {
        using var scope = NewDisposeScope();
        var tensor = weights[parts[0]].detach();
        if (parts[0].Part is { } first)
        {
            var width = parts[0].Shape[0] / first.Groups;
            long[] rest = [.. parts[0].Shape.Skip(1).Select(s => (long)s)];
            Tensor[] pieces =
                [.. parts.OrderBy(p => p.Part!.Index).Select(p => weights[p].detach().reshape([first.Groups, width, .. rest]))];
            if (pieces.Length != first.Count) throw new InvalidOperationException($"'{parts[0].Name}' has {first.Count} parts, of which {pieces.Length} are bound.");
            tensor = stack(pieces, 1).reshape([(long)first.Count * parts[0].Shape[0], .. rest]);
        }
        return (parts[0].Transposed ? tensor.t() : tensor).contiguous().MoveToOuterDisposeScope();
    }

    static IEnumerable<TensorData> Tensors(Checkpoint checkpoint, IWeightSource weights, DType? type, CancellationToken cancellation)
    {
        foreach (var parts in checkpoint.Architecture.Bindings.GroupBy(b => b.Name, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            using var stored = Stored([.. parts], weights);
            yield return TensorBridge.FromTorch(parts.Key, stored, type ?? checkpoint.Tensor(parts.First()).Type);
        }
    }

    static string Config(Checkpoint checkpoint, TrainedFolderOptions options)
    {
        var changes = Changes(checkpoint, options);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Indented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
        }))
        {
            writer.WriteStartObject();
            foreach (var property in checkpoint.Config.Root.EnumerateObject())
                if (changes.Remove(property.Name, out var write))
                {
                    writer.WritePropertyName(property.Name);
                    write(writer);
                }
                else property.WriteTo(writer);
            foreach (var (name, write) in changes)
            {
                writer.WritePropertyName(name);
                write(writer);
            }
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    static Dictionary<string, Action<Utf8JsonWriter>> Changes(Checkpoint checkpoint, TrainedFolderOptions options)
    {
        var changes = new Dictionary<string, Action<Utf8JsonWriter>>(StringComparer.Ordinal)
        {
            ["architectures"] = w =>
            {
                w.WriteStartArray();
                w.WriteStringValue(checkpoint.ClassName);
                w.WriteEndArray();
            },
        };
        // What is written are numbers, whatever the source held.
        if (checkpoint.Split is { Quantized.Count: > 0 } split)
            changes[SplitHeader.ConfigKey] = (split with { Quantized = FrozenDictionary<string, StoredCodes>.Empty }).Write;
        if (options.Labels is { } labels)
        {
            changes["num_labels"] = w => w.WriteNumberValue(labels.Count);
            changes["id2label"] = w =>
            {
                w.WriteStartObject();
                for (var i = 0; i < labels.Count; i++) w.WriteString($"{i}", labels[i]);
                w.WriteEndObject();
            };
            changes["label2id"] = w =>
            {
                w.WriteStartObject();
                for (var i = 0; i < labels.Count; i++) w.WriteNumber(labels[i], i);
                w.WriteEndObject();
            };
        }
        if (options.ProblemType is { } problem) changes["problem_type"] = w => w.WriteStringValue(problem);
        if (options.PadId is { } pad && !checkpoint.Config.Has("pad_token_id")) changes["pad_token_id"] = w => w.WriteNumberValue(pad);
        if (options.Type is { } type)
        {
            var name = type switch
            {
                DType.F32 => "float32",
                DType.BF16 => "bfloat16",
                DType.F16 => "float16",
                _ => throw new ArgumentOutOfRangeException(nameof(options), type, "Not a type of weights."),
            };
            // Both spellings are in use; the older one is understood by all.
            foreach (var key in checkpoint.Config.Has("dtype") ? checkpoint.Config.Has("torch_dtype") ? ["dtype", "torch_dtype"]
                : ["dtype"] : (string[])["torch_dtype"])
                changes[key] = w => w.WriteStringValue(name);
        }
        return changes;
    }

    static void KeepEvents(string? source, string target)
    {
        // Runs that the source folder tells of are those of other weights.
        if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
        if (source is null || !Directory.Exists(source)) return;
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source, EventFile.Pattern)) File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
    }
}
