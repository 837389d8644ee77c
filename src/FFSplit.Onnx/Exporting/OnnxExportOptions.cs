using FFSplit.Checkpoints;

namespace FFSplit.Onnx.Exporting;

/// <summary>What to export to ONNX, and for whom.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The name of the format on the command line.</summary>
    public const string Format = "onnx";

    /// <summary>With ONNX Runtime's own operators.</summary>
    public const string OnnxRuntime = "onnxruntime";

    /// <summary>With ONNX's own operators only.</summary>
    public const string Portable = "portable";

    /// <summary>The targets.</summary>
    public static IReadOnlyList<string> Targets { get; } = [OnnxRuntime, Portable];

    /// <summary>The model's folder, dense or split.</summary>
    public required string Model { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>One of <see cref="Targets"/>.</summary>
    public string Target { get; init; } = OnnxRuntime;

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Bytes of weights above which they lie in a file beside the graph; protobuf takes 2 GB.</summary>
    public long InlineLimit { get; init; } = Protobuf.OnnxFile.LargestMessage;

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">An unknown target.</exception>
    public void Validate()
    {
        if (!Targets.Contains(Target))
            throw new BadUsageException($"--target: expected one of {string.Join(", ", Targets)}, found '{Target}'.");
    }
}
