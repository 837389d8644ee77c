using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Walking;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Repair;

/// <summary>
/// Walks the blocks once with the dense and the split stream of the calibration tokens, repairing each FFN before the split stream passes
/// it.
/// </summary>
static class RepairWalk
{
    /// <summary>Repairs all layers that are split and are not in the folder yet.</summary>
    /// <param name="checkpoint">The dense model.</param>
    /// <param name="plan">For it.</param>
    /// <param name="input">What to fit and judge by, and how.</param>
    /// <param name="typeOf">Element type that a block's tensors are stored in.</param>
    /// <param name="folder">Takes each block as soon as it is finished. Those that it has already are walked through again, which gives the
    /// streams the bits that they had, but not fitted again.</param>
    /// <param name="progress">Counts blocks times batches.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static void Run(Checkpoint checkpoint, CompressionPlan plan, RepairInput input, Func<int, DType> typeOf, RepairFolder folder,
        IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        var batches = input.Calibration.Batches;
        var calibration = input.Calibration;
        var blocks = checkpoint.Architecture.Blocks;
        var tokens = batches.Select((_, i) => (Fitted: calibration.TokensOf(i, heldOut: false),
            HeldOut: calibration.TokensOf(i, heldOut: true))).ToArray();
        using var inference = inference_mode();
        using var streams = new CalibrationStreams(checkpoint, batches, copies: 2, input.Options.MemoryLimit, cancellation);
        var (denseStream, splitStream) = (streams.Streams[0], streams.Streams[1]);
        var step = 0L;
        foreach (var block in blocks)
        {
            var (dense, layer) = (block.FeedForward, plan.Layers[block.Index]);
            var split = SplitFeedForward.Of(dense, layer, intercept: true);
            using var weights = new TorchWeights(checkpoint, block.Bindings, cancellation);
            var repaired = folder.Find(block.Index, split);
            if (repaired is null)
            {
                var raw = LayerSplitter.Split(checkpoint, dense, layer, typeOf(block.Index), intercept: true);
                using var fit = layer.Heavy.Count < dense.IntermediateSize ? new BlockRepair(split, raw) : null;
                Each(i => PassDense(block, weights, i, fit));
                repaired = fit?.Solve(LightDown(weights, dense, layer), input.Options) ?? new RepairedBlock(raw, null);
                folder.Put(block.Index, repaired);
            }
            else Each(i => PassDense(block, weights, i, fit: null));
            using var final = new TensorSource(repaired.Split.Tensors.Values, weights);
            var splitBlock = block with { FeedForward = split };
            Each(i => splitStream.Store(i, Forward.Block(splitBlock, final, splitStream.Load(i), streams.Contexts[i])));
        }

        // The dense stream passes a block; on the way a fit learns what the split FFN should give: the dense sum less the split residual.
        void PassDense(Block block, TorchWeights weights, int i, BlockRepair? fit)
        {
            var (residual, ffnInput) = Forward.BeforeFeedForward(block, weights, denseStream.Load(i), streams.Contexts[i]);
            var sum = residual.Plus(FeedForwardForward.Run(block, weights, ffnInput));
            denseStream.Store(i, Forward.AfterFeedForward(block, weights, sum));
            if (fit is null) return;
            var (splitResidual, splitInput) = Forward.BeforeFeedForward(block, weights, splitStream.Load(i), streams.Contexts[i]);
            fit.Add(splitInput, sum.Minus(splitResidual), tokens[i].Fitted, tokens[i].HeldOut);
        }

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
}
