using FFSplit.Checkpoints;
using FFSplit.Compression.Exporting;

namespace FFSplit.Compression.Jobs;

/// <summary>What to export.</summary>
public sealed record ExportOptions
{
    /// <summary>The equal dense folder.</summary>
    public const string DenseShaped = "dense-shaped";

    /// <summary>The formats that are made with torch.</summary>
    public static IReadOnlyList<string> Formats { get; } = [DenseShaped];

    /// <summary>The split model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>One of <see cref="Formats"/>.</summary>
    public required string Format { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">An unknown format.</exception>
    public void Validate()
    {
        if (!Formats.Contains(Format))
            throw new BadUsageException($"--format: expected one of {string.Join(", ", Formats)}, found '{Format}'.");
    }
}

/// <summary>An exported folder.</summary>
/// <param name="Output">The folder.</param>
/// <param name="Format">Its format.</param>
/// <param name="Bytes">Of its weight files.</param>
/// <param name="Parameters">Of the exported model.</param>
public sealed record ExportResult(string Output, string Format, long Bytes, long Parameters);

/// <summary>Writes a split model in a form that other tools read.</summary>
public static class ExportJob
{
    /// <summary>Writes the folder and opens it again.</summary>
    /// <exception cref="BadInputException">The model is dense, or has no such form.</exception>
    /// <exception cref="BadUsageException">An unknown format, or an output that exists.</exception>
    public static ExportResult Run(ExportOptions options, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        string[] allowed;
        using (var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig))
        {
            JobFiles.CheckFolder(options.Output, checkpoint.Folder, options.Force);
            DenseShapedExport.Write(checkpoint, options.Output, options.Force, progress, cancellation);
            allowed = [.. checkpoint.AllowedConfig];
        }
        using var written = Checkpoint.Open(options.Output, allowed);
        return new ExportResult(options.Output, options.Format, written.Weights.SizeOnDisk, ParameterCounts.Of(written).Total);
    }
}
