using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Walking;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>Walks the blocks once with the dense and the split stream of the calibration tokens, repairing each FFN before the split stream passes it.</summary>
static class RepairWalk
{
    /// <summary>Repairs all layers that are split.</summary>
    /// <param name="checkpoint">The dense model.</param>
    /// <param name="plan">For it.</param>
    /// <param name="calibration">What to fit and judge by.</param>
    /// <param name="typeOf">Element type that a block's tensors are stored in.</param>
    /// <param name="options">Ridges and memory.</param>
    /// <param name="done">Takes a block's final tensors.</param>
    /// <param name="progress">Counts blocks times batches.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>What was done in each layer; null where a layer is not split.</returns>
    public static LayerRepair?[] Run(Checkpoint checkpoint, CompressionPlan plan, CalibrationSet calibration, Func<int, DType> typeOf, RepairOptions options,
        Action<Block, SplitTensors> done, IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        var batches = calibration.Batches;
        var blocks = checkpoint.Architecture.Blocks;
        var tokens = batches.Select((b, i) => (Fitted: Tokens(b, calibration.HeldOut[i], false), HeldOut: Tokens(b, calibration.HeldOut[i], true))).ToArray();
        var reports = new LayerRepair?[blocks.Count];
        using var inference = inference_mode();
        using var streams = new CalibrationStreams(checkpoint, batches, copies: 2, options.MemoryLimit, cancellation);
        var (denseStream, splitStream) = (streams.Streams[0], streams.Streams[1]);
        var step = 0L;
        foreach (var block in blocks)
        {
            var layer = plan.Layers[block.Index];
            using var weights = new TorchWeights(checkpoint, block.Bindings, cancellation);
            var split = SplitFeedForward.Of(block.FeedForward, layer, intercept: true);
            var tensors = LayerSplitter.Split(checkpoint, block.FeedForward, layer, typeOf(block.Index), intercept: true);
            using (var repair = new BlockRepair(split, tensors))
            {
                Each(i =>
                {
                    var (residual, input) = Forward.BeforeFeedForward(block, weights, denseStream.Load(i), streams.Contexts[i]);
                    var sum = residual + FeedForwardForward.Run(block, weights, input);
                    denseStream.Store(i, Forward.AfterFeedForward(block, weights, sum));
                    if (layer.Heavy.Count == block.FeedForward.IntermediateSize) return;
                    var (splitResidual, splitInput) = Forward.BeforeFeedForward(block, weights, splitStream.Load(i), streams.Contexts[i]);
                    repair.Add(splitInput, sum - splitResidual, tokens[i].Fitted, tokens[i].HeldOut);
                });
                if (layer.Heavy.Count < block.FeedForward.IntermediateSize)
                    (tensors, reports[block.Index]) = repair.Solve(LightDown(weights, block.FeedForward, layer), options);
            }
            done(block, tensors);
            using var final = new TensorSource(tensors.Tensors.Values, weights);
            var splitBlock = block with { FeedForward = split };
            Each(i => splitStream.Store(i, Forward.Block(splitBlock, final, splitStream.Load(i), streams.Contexts[i])));
        }
        return reports;

        void Each(Action<int> action)
        {
            for (var i = 0; i < batches.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                action(i);
                progress?.Report(new ProgressReport("repair", ++step, 2L * blocks.Count * batches.Count));
            }
        }
    }

    // V of the light neurons as the dense model has it, (light × d), float64.
    static Tensor LightDown(TorchWeights weights, FeedForward dense, LayerPlan plan)
    {
        var light = Enumerable.Range(0, dense.IntermediateSize).Except(plan.Heavy).Select(i => (long)i).ToArray();
        return weights[dense.Dense.Down].index_select(1, tensor(light)).t().to(ScalarType.Float64);
    }

    static long[] Tokens(Checkpoints.Batches.Batch batch, bool[] heldOutRows, bool heldOut)
        => [.. Enumerable.Range(0, batch.Rows * batch.Length).Where(i => batch.AttentionMask[i] != 0 && heldOutRows[i / batch.Length] == heldOut).Select(i => (long)i)];
}
