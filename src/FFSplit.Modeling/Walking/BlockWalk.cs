using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Walking;

/// <summary>
/// Carries calibration batches through a model block by block, with one block's weights in memory: peak memory is one block plus the
/// hidden states, whatever the model's size.
/// </summary>
public static class BlockWalk
{
    /// <summary>Walks all blocks once, in order.</summary>
    /// <param name="checkpoint">Dense or split.</param>
    /// <param name="batches">The calibration batches.</param>
    /// <param name="memoryLimit">Bytes of hidden states above which they go to a scratch file.</param>
    /// <param name="visit">Called for each block and batch with the weights of the block and the block's input; gives its output.</param>
    /// <param name="progress">Counts blocks times batches.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static void Run(Checkpoint checkpoint, IReadOnlyList<Batch> batches, long memoryLimit, BlockVisitor visit,
        IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        using var inference = inference_mode();
        using var streams = new CalibrationStreams(checkpoint, batches, copies: 1, memoryLimit, cancellation);
        var hidden = streams.Streams[0];
        var done = 0L;
        foreach (var block in checkpoint.Architecture.Blocks)
        {
            using var weights = new TorchWeights(checkpoint, block.Bindings, cancellation);
            for (var i = 0; i < batches.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                hidden.Store(i, visit(block, weights, i, hidden.Load(i), streams.Contexts[i]));
                progress?.Report(new ProgressReport("blocks", ++done, (long)checkpoint.Architecture.Blocks.Count * batches.Count));
            }
        }
    }
}

/// <summary>Runs one block on one batch.</summary>
/// <param name="block">The block.</param>
/// <param name="weights">Its weights.</param>
/// <param name="batch">Index of the batch.</param>
/// <param name="input">The block's input, (rows × length × hidden size).</param>
/// <param name="context">Of the batch.</param>
/// <returns>The block's output.</returns>
public delegate Tensor BlockVisitor(Block block, IWeightSource weights, int batch, Tensor input, ForwardContext context);
