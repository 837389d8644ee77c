using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Walking;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Quantization;

/// <summary>
/// Walks the blocks once with the calibration tokens, quantising each block's matrices before the tokens pass it, so that a block is
/// fitted to what the quantised blocks before it really give.
/// </summary>
static class QuantizationWalk
{
    /// <summary>Writes the folder, atomically; one block is in memory at a time.</summary>
    /// <param name="checkpoint">A split model, not quantised yet.</param>
    /// <param name="calibration">Tokens to fit and to judge by.</param>
    /// <param name="bits">Which bits.</param>
    /// <param name="output">The folder to make.</param>
    /// <param name="force">Whether an existing model folder may be replaced.</param>
    /// <param name="memoryLimit">Bytes of hidden states above which they lie in a scratch file.</param>
    /// <param name="progress">Counts blocks times batches.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <returns>What each matrix's codes cost.</returns>
    public static IReadOnlyList<MatrixQuantization> Write(Checkpoint checkpoint, CalibrationSet calibration, QuantizationBits bits, string output,
        bool force, long memoryLimit, IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        AtomicFolder.EnsureApart(checkpoint.Folder, output);
        using var folder = AtomicFolder.Create(output, force);
        FolderCopy.AllButWeights(checkpoint.Folder, folder.WorkFolder, except: ["config.json", SplitRecord.FileName], cancellation);
        var scratch = Path.Combine(folder.WorkFolder, ".blocks");
        Directory.CreateDirectory(scratch);
        var (reports, stored) = Quantise(checkpoint, calibration, bits, scratch, memoryLimit, progress, cancellation);
        var blocks = Directory.EnumerateFiles(scratch).Order(StringComparer.Ordinal).Select(SafetensorsFile.Open).ToArray();
        try
        {
            ShardedSafetensors.Write(folder.WorkFolder, SplitHeader.WeightsName,
                checkpoint.StoredTensors.Values.Where(t => !stored.ContainsKey(t.Name)).Concat(blocks.SelectMany(b => b.Tensors.Values)),
                metadata: new Dictionary<string, string> { ["format"] = "ffsplit" });
        }
        finally
        {
            foreach (var block in blocks) block.Dispose();
        }
        Directory.Delete(scratch, recursive: true);
        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, "config.json"),
            SplitConfig.With(checkpoint, checkpoint.Split! with { Quantized = stored, AllowedConfig = checkpoint.AllowedConfig }));
        AtomicFile.WriteAllText(Path.Combine(folder.WorkFolder, SplitRecord.FileName),
            SplitRecord.WithQuantization(checkpoint, calibration.Description, reports));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
        return reports;
    }

    static (List<MatrixQuantization> Reports, Dictionary<string, StoredCodes> Stored) Quantise(Checkpoint checkpoint, CalibrationSet calibration,
        QuantizationBits bits, string scratch, long memoryLimit, IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var (reports, stored) = (new List<MatrixQuantization>(), new Dictionary<string, StoredCodes>(StringComparer.Ordinal));
        var (batches, blocks) = (calibration.Batches, checkpoint.Architecture.Blocks);
        var tokens = batches.Select((_, i) => (calibration.TokensOf(i, heldOut: false), calibration.TokensOf(i, heldOut: true))).ToArray();
        using var inference = inference_mode();
        using var streams = new CalibrationStreams(checkpoint, batches, copies: 1, memoryLimit, cancellation);
        var hidden = streams.Streams[0];
        var step = 0L;
        foreach (var block in blocks)
        {
            using var weights = new TorchWeights(checkpoint, block.Bindings, cancellation);
            using var inputs = new InputMoments(weights);
            Each(i =>
            {
                inputs.Tokens = tokens[i];
                Forward.Block(block, inputs, hidden.Load(i), streams.Contexts[i]);
            });
            var quantised = new Dictionary<string, TensorData>(StringComparer.Ordinal);
            foreach (var (parts, form) in bits.Of(block))
            {
                var (codes, report) = BlockQuantizer.Quantise(checkpoint, block.Index, parts, form, inputs.Of(parts[0].Name), cancellation);
                quantised.Add(codes.Name, codes);
                stored.Add(codes.Name, codes.Stored);
                reports.Add(report);
            }
            SafetensorsWriter.Write(Path.Combine(scratch, $"{block.Index:d4}.safetensors"), quantised.Values.Cast<QuantizedTensor>().SelectMany(q => q.Files));
            using var after = new QuantizedWeights(quantised, weights);
            Each(i => hidden.Store(i, Forward.Block(block, after, hidden.Load(i), streams.Contexts[i])));
        }
        return (reports, stored);

        void Each(Action<int> action)
        {
            for (var i = 0; i < batches.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                action(i);
                progress?.Report(new ProgressReport("quantisation", ++step, 2L * blocks.Count * batches.Count));
            }
        }
    }
}
