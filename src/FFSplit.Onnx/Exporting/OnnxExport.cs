using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Exports;
using FFSplit.Checkpoints.Files;
using FFSplit.Onnx.Emitting;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Exporting;

/// <summary>What to export.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>A model's folder, dense or split.</summary>
    public required string Model { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>Who is to run it.</summary>
    public ExportTarget Target { get; init; } = ExportTarget.OnnxRuntime;

    /// <summary>Of matrices.</summary>
    public ExportPrecision Precision { get; init; }

    /// <summary>Whether tables that are looked up are int8 too; only with <see cref="ExportPrecision.EightBit"/>.</summary>
    public bool Int8Tables { get; init; }

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Bytes of weights above which they go to a file beside the model's.</summary>
    public long MostInside { get; init; } = OnnxFile.MostInside;
}

/// <summary>An exported folder.</summary>
/// <param name="Output">The folder.</param>
/// <param name="Target">Who runs it.</param>
/// <param name="Bytes">Of the model file and the one beside it.</param>
/// <param name="Parameters">Of the exported model.</param>
public sealed record OnnxExportResult(string Output, string Target, long Bytes, long Parameters);

/// <summary>
/// Writes a model as an ONNX folder, laid out as transformers.js, Optimum and sentence-transformers expect it: onnx/model.onnx, and beside it
/// config.json with the dense model's model_type, the tokenizer's and the sentence encoder's files.
/// </summary>
public static class OnnxExport
{
    /// <summary>Where the model lies in the folder.</summary>
    public const string ModelPath = "onnx/model.onnx";

    /// <summary>Writes the folder, whole or not at all.</summary>
    /// <exception cref="BadInputException">The model cannot be read.</exception>
    /// <exception cref="BadUsageException">The output exists, or is not apart from the model.</exception>
    public static OnnxExportResult Write(OnnxExportOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        AtomicFolder.EnsureApart(checkpoint.Folder, options.Output);
        var record = new ExportRecord
        {
            Target = options.Target.Name(),
            Precision = options.Precision.Name(),
            ModelFile = ModelPath,
            MaximumLength = checkpoint.Architecture.MaximumLength,
            Split = checkpoint.Architecture.IsSplit,
            Parameters = ParameterCounts.Of(checkpoint).Total,
            Source = Path.GetFileName(checkpoint.Folder),
            SourceHash = checkpoint.Weights.Hash,
            ToolVersion = ToolVersion.Current,
        };
        var graph = ModelEmitter.Emit(checkpoint, options.Target switch
        {
            ExportTarget.OnnxRuntime => builder => new OnnxRuntimeOperators(builder, Weights(builder, options)),
            ExportTarget.Portable => builder => new OperatorSet(builder, Weights(builder, options)),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Target, "Not a target."),
        }, new Dictionary<string, string> { ["ffsplit"] = record.ToJson() });

        using var folder = AtomicFolder.Create(options.Output, options.Force);
        FolderCopy.AllButWeights(checkpoint.Folder, folder.WorkFolder, ["config.json", "ffsplit.json", ExportRecord.FileName], cancellation);
        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, "config.json"), ExportedConfig.Format(checkpoint));
        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, ExportRecord.FileName), record.ToJson());
        var path = Path.Combine(folder.WorkFolder, ModelPath);
        var (written, all) = (0L, graph.Constants.Sum(c => c.ByteCount));
        OnnxFile.Write(path, graph, options.MostInside,
            bytes => progress?.Report(new ProgressReport("writing weights", (written += bytes) >> 10, all >> 10)), cancellation);
        var size = new[] { path, path + "_data" }.Where(File.Exists).Sum(f => new FileInfo(f).Length);
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
        return new OnnxExportResult(options.Output, record.Target, size, record.Parameters);
    }

    static WeightFormat Weights(GraphBuilder graph, OnnxExportOptions options) => options.Precision switch
    {
        ExportPrecision.Full => new WeightFormat(graph),
        ExportPrecision.EightBit => new Int8WeightFormat(graph, options.Target == ExportTarget.OnnxRuntime, options.Int8Tables),
        _ => throw new ArgumentOutOfRangeException(nameof(options), options.Precision, "Not a precision."),
    };
}
