using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Walking;

namespace FFSplit.Compression.Statistics;

/// <summary>Runs a dense model over calibration batches and collects its neurons' statistics.</summary>
public static class StatisticsRun
{
    /// <summary>Collects; batch by batch where the whole model fits into the limit, else block by block.</summary>
    /// <param name="checkpoint">A dense model.</param>
    /// <param name="batches">Calibration batches.</param>
    /// <param name="data">The calibration data in words.</param>
    /// <param name="seed">Of the choice of samples.</param>
    /// <param name="memoryLimit">Bytes; bounds both the model kept whole and the hidden states kept in memory.</param>
    /// <param name="progress">Counts batches.</param>
    /// <param name="cancellation">Stops between two batches.</param>
    public static (NeuronStatistics Statistics, RunTime Time) Collect(Checkpoint checkpoint, IReadOnlyList<Batch> batches, string data, long seed,
        long memoryLimit, IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        DenseModel.Require(checkpoint);
        var collector = new StatisticsCollector(checkpoint.Architecture);
        var modelBytes = checkpoint.Architecture.Bindings.Sum(b => b.ElementCount) * sizeof(float);
        var watch = Stopwatch.StartNew();
        if (modelBytes <= memoryLimit)
        {
            using var model = new TorchModel(checkpoint, cancellation);
            watch.Restart();
            for (var i = 0; i < batches.Count; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                collector.Begin(batches[i]);
                model.Run(batches[i], ModelOutputs.None, collector);
                progress?.Report(new ProgressReport("calibration", i + 1, batches.Count));
            }
        }
        else
        {
            var firstRows = new long[batches.Count];
            for (var i = 0; i < batches.Count; i++)
            {
                if (i > 0) firstRows[i] = firstRows[i - 1] + batches[i - 1].Rows;
                collector.Begin(batches[i]);
            }
            BlockWalk.Run(checkpoint, batches, memoryLimit, (block, weights, batch, input, context) =>
            {
                collector.Resume(batches[batch], firstRows[batch]);
                return Forward.Block(block, weights, input, context, collector);
            }, progress, cancellation);
        }
        var source = new StatisticsSource(Path.GetFileName(checkpoint.Folder), checkpoint.Weights.Hash, data, seed);
        return (collector.Result(source), new RunTime(watch.Elapsed.TotalSeconds - collector.CollectingSeconds, collector.FeedForwardSeconds));
    }
}

/// <summary>Where the time of a forward pass went.</summary>
/// <param name="Seconds">Of the whole forward pass, without the collecting of statistics.</param>
/// <param name="FeedForwardSeconds">Of its FFNs.</param>
public sealed record RunTime(double Seconds, double FeedForwardSeconds);
