using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Quantization;
using FFSplit.Modeling.Native;

namespace FFSplit.Compression.Jobs;

/// <summary>What to quantise.</summary>
public sealed record QuantizeOptions
{
    /// <summary>The split model's folder.</summary>
    public required string Model { get; init; }

    /// <summary>The folder to write.</summary>
    public required string Output { get; init; }

    /// <summary>The text whose activations the codes are fitted to.</summary>
    public CalibrationOptions Calibration { get; init; } = new();

    /// <summary>Which bits.</summary>
    public QuantizationBits Bits { get; init; } = new();

    /// <summary>Bytes of hidden states above which they lie in a scratch file.</summary>
    public long MemoryLimit { get; init; } = 1L << 30;

    /// <summary>Whether an existing model folder may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Config keys to pass over although they are not understood.</summary>
    public IReadOnlyCollection<string> AllowedConfig { get; init; } = [];

    /// <summary>Checks what can be checked without a model.</summary>
    /// <exception cref="BadUsageException">Names the option.</exception>
    public void Validate()
    {
        Calibration.Validate();
        foreach (var (option, bits) in ((string, int)[])[("--heavy-bits", Bits.Heavy), ("--light-bits", Bits.Light), ("--attention-bits", Bits.Attention)])
            if (!QuantizationBits.Known.Contains(bits))
                throw new BadUsageException($"{option}: expected {string.Join(" or ", QuantizationBits.Known)}, found {bits}.");
        if (!CodeForm.Blocks.Contains(Bits.Block))
            throw new BadUsageException($"--block: expected one of {string.Join(", ", CodeForm.Blocks)}, found {Bits.Block}.");
    }
}

/// <summary>A quantised checkpoint that was written and opened again.</summary>
public sealed record QuantizationResult
{
    /// <summary>The folder.</summary>
    public required string Output { get; init; }

    /// <summary>The split model's folder name.</summary>
    public required string Model { get; init; }

    /// <summary>The calibration data in words.</summary>
    public required string Data { get; init; }

    /// <summary>Which bits.</summary>
    public required QuantizationBits Bits { get; init; }

    /// <summary>Bytes of the weight files.</summary>
    public required SizeChange FileBytes { get; init; }

    /// <summary>What each matrix's codes cost.</summary>
    public required IReadOnlyList<MatrixQuantization> Matrices { get; init; }

    /// <summary>The job's time.</summary>
    public required double Seconds { get; init; }

    /// <summary>The most physical memory that the process has held.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>What the user should know.</summary>
    public required IReadOnlyList<string> Notices { get; init; }
}

/// <summary>Gives a split model's matrices few bits, fitted to its own activations.</summary>
public static class QuantizeJob
{
    /// <summary>Quantises, writes, opens the result.</summary>
    /// <exception cref="BadInputException">The model is dense or quantised already, or model or data cannot be used.</exception>
    /// <exception cref="BadUsageException">Unknown bits, or an output that exists.</exception>
    public static QuantizationResult Run(QuantizeOptions options, IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var start = Stopwatch.GetTimestamp();
        using var checkpoint = Checkpoint.Open(options.Model, options.AllowedConfig);
        if (checkpoint.Split is not { } split)
            throw new BadInputException(checkpoint.Folder, "a split model", "a dense one",
                "Split it first with 'ffsplit compress'; --light dense keeps all its neurons.");
        if (split.Quantized.Count > 0)
            throw new BadInputException(checkpoint.Folder, "a model with numbers for weights", "one that is quantised already",
                "Quantise the split model that it was made from.");
        JobFiles.CheckFolder(options.Output, checkpoint.Folder, options.Force);
        // Codes take half of a 16-bit matrix at most, and lie there twice while the folder is made.
        DiskSpace.CheckFreeSpace(Path.GetDirectoryName(Path.GetFullPath(options.Output))!, checkpoint.Weights.SizeOnDisk);
        var text = CalibrationSet.Load(checkpoint, TextTokenizer.Load(checkpoint.Folder), options.Calibration, progress, cancellation);
        var matrices = QuantizationWalk.Write(checkpoint, text, options.Bits, options.Output, options.Force, options.MemoryLimit, progress, cancellation);
        using var written = Checkpoint.Open(options.Output);
        return new QuantizationResult
        {
            Output = options.Output,
            Model = Path.GetFileName(checkpoint.Folder),
            Data = text.Description,
            Bits = options.Bits,
            FileBytes = new SizeChange(checkpoint.Weights.SizeOnDisk, written.Weights.SizeOnDisk),
            Matrices = matrices,
            Seconds = Stopwatch.GetElapsedTime(start).TotalSeconds,
            PeakMemoryBytes = NativeMemory.PeakResidentBytes(),
            Notices = [.. text.Notices, .. Notices(matrices)],
        };
    }

    static IEnumerable<string> Notices(IReadOnlyList<MatrixQuantization> matrices)
    {
        if (matrices.Count(m => !m.Kept) is > 0 and var nearest)
            yield return $"In {nearest} of {matrices.Count} matrices error feedback did not lower the held-out error; they have the nearest codes.";
    }
}
