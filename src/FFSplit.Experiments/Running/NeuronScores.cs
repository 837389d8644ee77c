using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Statistics;
using FFSplit.Compression.Splitting;

namespace FFSplit.Experiments.Running;

/// <summary>A dense model with the statistics of its neurons on some text, and the models that are made from them.</summary>
/// <param name="Checkpoint">The model.</param>
/// <param name="Statistics">On the text.</param>
sealed record NeuronScores(Checkpoint Checkpoint, NeuronStatistics Statistics) : IDisposable
{
    /// <summary>Runs a model over text.</summary>
    public static NeuronScores Of(Workbench bench, string model, CalibrationOptions text)
    {
        var checkpoint = Checkpoint.Open(model, bench.Options.AllowedConfig);
        try
        {
            var set = CalibrationSet.Load(checkpoint, TextTokenizer.Load(checkpoint.Folder), text, bench.Progress, bench.Cancellation);
            var (statistics, _) = StatisticsRun.Collect(checkpoint, set.Batches, set.Description, text.Seed, memoryLimit: 1L << 30,
                bench.Progress, bench.Cancellation);
            return new NeuronScores(checkpoint, statistics);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Blocks of the model.</summary>
    public int Layers => Checkpoint.Architecture.Blocks.Count;

    /// <summary>Σ h² of a layer's neurons, the paper's importance.</summary>
    public double[] Energy(int layer) => Statistics.Whole.Layers[layer].SumOfSquares;

    /// <summary>Neurons of a layer, the most important first.</summary>
    public int[] Order(int layer)
    {
        var energy = Energy(layer);
        return [.. Enumerable.Range(0, energy.Length).OrderByDescending(j => energy[j]).ThenBy(j => j)];
    }

    /// <summary>Writes the model without some of its neurons.</summary>
    /// <param name="removed">Neurons of each layer to remove.</param>
    /// <param name="output">Folder to write.</param>
    /// <param name="bench">Told of the progress.</param>
    public void Without(IReadOnlyList<IReadOnlySet<int>> removed, string output, Workbench bench)
    {
        var whole = Planner.Plan(Checkpoint, Statistics, new PlanOptions { Method = "prune-light", Repair = false });
        var plan = whole with
        {
            Layers = [.. whole.Layers.Select((layer, l) => layer with
            {
                Heavy = [.. Enumerable.Range(0, Energy(l).Length).Where(j => !removed[l].Contains(j))],
                Why = "all but those that the experiment removes",
            })],
        };
        SplitWriter.Write(Checkpoint, plan, output, type: null, force: false, bench.Progress, cancellation: bench.Cancellation);
    }

    public void Dispose() => Checkpoint.Dispose();
}
