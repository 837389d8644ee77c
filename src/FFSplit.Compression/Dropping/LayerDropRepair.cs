using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Repair;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Walking;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Dropping;

/// <summary>
/// Refits the output matrix and bias of each kept layer's FFN in closed form, so that the shallow model's stream comes as near as it can to
/// what the next kept layer was given in the dense model (the last one: to what the dense model's last layer gives). Each kept FFN so makes
/// up for the layers dropped behind it, and for what went wrong before it.
/// </summary>
/// <remarks>All neurons stay, so this is plain least squares with a ridge towards the original weights: <see cref="BlockRepair"/> with an
/// FFN whose neurons are all heavy. A family without output bias gets none.</remarks>
static class LayerDropRepair
{
    /// <summary>Walks both models once.</summary>
    /// <param name="dense">The dense model.</param>
    /// <param name="kept">Layers to keep, ascending.</param>
    /// <param name="input">What to fit and judge by.</param>
    /// <param name="done">Takes a layer's changed tensors under the dense model's names; none where the fit was rejected.</param>
    /// <param name="progress">Counts blocks times batches.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    /// <returns>What was done in each kept layer.</returns>
    public static LayerRepair[] Run(Checkpoint dense, IReadOnlyList<int> kept, RepairInput input,
        Action<IReadOnlyCollection<MemoryTensor>> done, IProgress<ProgressReport>? progress, CancellationToken cancellation)
    {
        var (calibration, options) = input;
        var batches = calibration.Batches;
        var blocks = dense.Architecture.Blocks;
        var reports = new LayerRepair[kept.Count];
        using var inference = inference_mode();
        using var streams = new CalibrationStreams(dense, batches, copies: 2, options.MemoryLimit, cancellation);
        var (denseStream, shallowStream) = (streams.Streams[0], streams.Streams[1]);
        var step = 0L;
        var reached = 0;
        for (var j = 0; j < kept.Count; j++)
        {
            for (var next = j + 1 < kept.Count ? kept[j + 1] : blocks.Count; reached < next; reached++)
            {
                using var passed = new TorchWeights(dense, blocks[reached].Bindings, cancellation);
                Each(i => denseStream.Store(i, Forward.Block(blocks[reached], passed, denseStream.Load(i), streams.Contexts[i])));
            }
            var block = blocks[kept[j]];
            using var weights = new TorchWeights(dense, block.Bindings, cancellation);
            var tensors = Raw(dense, block.FeedForward, weights);
            using (var repair = new BlockRepair(block.FeedForward, tensors))
            {
                Each(i =>
                {
                    var (residual, x) = Forward.BeforeFeedForward(block, weights, shallowStream.Load(i), streams.Contexts[i]);
                    var sum = residual.Plus(FeedForwardForward.Run(block, weights, x));
                    var target = WantedSum.Of(block, weights, sum, denseStream.Load(i)).Minus(residual);
                    repair.Add(x, target, calibration.TokensOf(i, heldOut: false), calibration.TokensOf(i, heldOut: true));
                });
                (tensors, var report) = repair.Solve(null, options);
                reports[j] = report ?? throw new InvalidOperationException("A whole FFN has something to fit.");
            }
            done(reports[j].Kept ? Changed(block.FeedForward, tensors) : []);
            using var final = new TensorSource(tensors.Tensors.Values, weights);
            Each(i => shallowStream.Store(i, Forward.Block(block, final, shallowStream.Load(i), streams.Contexts[i])));
        }
        return reports;

        void Each(Action<int> action)
        {
            for (var i = 0; i < batches.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                action(i);
                progress?.Report(new ProgressReport("repair", ++step, (blocks.Count + 2L * kept.Count) * batches.Count));
            }
        }
    }

    // As the forward pass uses them, in the type that each is stored in.
    static SplitTensors Raw(Checkpoint dense, FeedForward ffn, TorchWeights weights)
    {
        var tensors = ffn.Bindings.Select(b => TensorBridge.FromTorch(b.Name, weights[b], dense.Tensor(b).Type));
        return new SplitTensors(tensors.ToDictionary(t => t.Name, StringComparer.Ordinal), new Dictionary<string, double>());
    }

    // As the files lay them out.
    static MemoryTensor[] Changed(FeedForward ffn, SplitTensors tensors)
    {
        using var scope = NewDisposeScope();
        WeightBinding[] changed = ffn.OutputBias is { } bias ? [ffn.Dense.Down, bias] : [ffn.Dense.Down];
        return [.. changed.Select(b => tensors.Tensors[b.Name]).Zip(changed, (t, b) => b.Transposed
            ? TensorBridge.FromTorch(t.Name, TensorBridge.ToTorch(t, TensorBridge.TypeOf(t.Type)).t(), t.Type) : t)];
    }
}
