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

    /// <summary>float32 weights.</summary>
    public const string FullPrecision = "fp32";

    /// <summary>int8 matrices with a scale for each output; activations are quantised as they come.</summary>
    public const string EightBits = "int8";

    /// <summary>4-bit matrices with a scale for each block of inputs. Of tables: the token table so.</summary>
    public const string FourBits = "int4";

    /// <summary>Each matrix with the bits that a quantisation gave it; the others in int8.</summary>
    public const string Mixed = "mixed";

    /// <summary>int8 matrices; activations are quantised by ranges that a quantisation has seen.</summary>
    public const string StaticEightBits = "int8-static";

    /// <summary>The precisions.</summary>
    public static IReadOnlyList<string> Precisions { get; } = [FullPrecision, EightBits, StaticEightBits, FourBits, Mixed];

    /// <summary>The model's folder, dense or split.</summary>
    public required string Model { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>One of <see cref="Targets"/>.</summary>
    public string Target { get; init; } = OnnxRuntime;

    /// <summary>One of <see cref="Precisions"/>.</summary>
    public string Precision { get; init; } = FullPrecision;

    /// <summary>The precisions of tables.</summary>
    public static IReadOnlyList<string> TablePrecisions { get; } = [EightBits, FourBits];

    /// <summary>Of the tables that are looked up, one of <see cref="TablePrecisions"/>: int8 has a scale for each row; int4 is for the token
    /// table, the others are int8. Null for float32.</summary>
    public string? Table { get; init; }

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Bytes of weights above which they lie in a file beside the graph; protobuf takes 2 GB.</summary>
    public long InlineLimit { get; init; } = Protobuf.OnnxFile.LargestMessage;

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">An unknown name, or a table of fewer bits than the matrices.</exception>
    public void Validate()
    {
        if (!Targets.Contains(Target)) throw new BadUsageException($"--target: expected one of {string.Join(", ", Targets)}, found '{Target}'.");
        if (!Precisions.Contains(Precision))
            throw new BadUsageException($"--precision: expected one of {string.Join(", ", Precisions)}, found '{Precision}'.");
        if (Table is not null && !TablePrecisions.Contains(Table))
            throw new BadUsageException($"--table: expected one of {string.Join(", ", TablePrecisions)}, found '{Table}'.");
        if (Table is not null && Precision == FullPrecision) throw new BadUsageException($"--table {Table} needs --precision {EightBits}, or another of few bits.");
        if (Precision is FourBits or Mixed && Target == Portable)
            throw new BadUsageException($"--precision {Precision} needs operators that the standard lacks: use --target {OnnxRuntime}, or --precision {EightBits}.");
        if (Table == FourBits && Target == Portable)
            throw new BadUsageException($"--table {FourBits} needs operators that the standard lacks: use --target {OnnxRuntime}, or --table {EightBits}.");
    }
}
