using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Exports;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Onnx.Emitting;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Exporting;

/// <summary>
/// Writes a checkpoint, dense or split, as a folder that ONNX Runtime, transformers.js, Optimum and sentence-transformers read:
/// config, tokenizer and sentence files at the root, the graph under onnx/.
/// </summary>
public static class OnnxExport
{
    /// <summary>The model file within the folder.</summary>
    public const string ModelPath = "onnx/model.onnx";

    // The split's own record says nothing of what was exported.
    static readonly string[] NotCopied = ["config.json", "ffsplit.json", ExportRecord.FileName];

    /// <summary>Opens the model and writes the folder, atomically.</summary>
    /// <exception cref="BadInputException">The model cannot be read.</exception>
    /// <exception cref="BadUsageException">An unknown target, or an output that exists or is not apart from the model.</exception>
    public static OnnxExportResult Run(OnnxExportOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        return Write(checkpoint, options, progress, cancellation);
    }

    /// <summary>Writes the folder of a model that is open, atomically.</summary>
    /// <param name="checkpoint">The model; stays open.</param>
    /// <param name="options">All but its Model.</param>
    /// <param name="progress">Told of stages.</param>
    /// <param name="cancellation">Stops the writing; nothing is left.</param>
    public static OnnxExportResult Write(Checkpoint checkpoint, OnnxExportOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        AtomicFolder.EnsureApart(checkpoint.Folder, options.Output);
        var weights = new WeightStore(checkpoint.Tensor);
        var precision = Precisions.Of(checkpoint, weights, options);
        var table = Precisions.OfTable(checkpoint, options);
        var parameters = ParameterCounts.Of(checkpoint).Total;
        using var folder = AtomicFolder.Create(options.Output, options.Force);
        FolderCopy.AllButWeights(checkpoint.Folder, folder.WorkFolder, NotCopied, cancellation);
        TokenizerFiles.WriteMissing(checkpoint.Folder, folder.WorkFolder);

        IOperatorSet operators = options.Target == OnnxExportOptions.Portable ? new PortableOperators() : new OnnxRuntimeOperators();
        var model = ModelEmitter.Emit(checkpoint.Architecture, checkpoint.Pooling, weights, operators, precision, ToolVersion.Current);
        var path = Path.Combine(folder.WorkFolder, ModelPath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var outside = OnnxFile.Write(path, model, options.InlineLimit, progress, cancellation);

        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, "config.json"), ExportedConfig.Format(checkpoint, outside));
        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, ExportRecord.FileName), new ExportRecord
        {
            Target = options.Target,
            Precision = precision.Name,
            Table = table,
            ModelFile = ModelPath,
            MaximumLength = checkpoint.Architecture.MaximumLength,
            Split = checkpoint.Architecture.IsSplit,
            Parameters = parameters,
            Run = RunCounts.Of(checkpoint.Architecture, pooled: checkpoint.Pooling is not null),
            WeightBytes = WeightReads.Bytes(model.Graph),
            Source = Path.GetFileName(checkpoint.Folder),
            SourceHash = checkpoint.Weights.Hash,
            ToolVersion = ToolVersion.Current,
        }.ToJson());
        cancellation.ThrowIfCancellationRequested();
        var bytes = new DirectoryInfo(Path.GetDirectoryName(path)!).EnumerateFiles("model.onnx*").Sum(f => f.Length);
        folder.Commit();
        return new OnnxExportResult(options.Output, OnnxExportOptions.Format, options.Target, precision.Name, table, bytes, parameters);
    }
}
