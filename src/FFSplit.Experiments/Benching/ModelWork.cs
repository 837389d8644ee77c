using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Exports;
using FFSplit.Modeling;

namespace FFSplit.Experiments.Benching;

/// <summary>What a run of a model has to compute and to read.</summary>
/// <param name="Counts">Operations.</param>
/// <param name="WeightBytes">Of the weights that every run reads.</param>
sealed record ModelWork(RunCounts Counts, long WeightBytes)
{
    /// <summary>Of an opened model; null for a folder that an older version exported.</summary>
    public static ModelWork? Of(string folder, IBatchModel model)
    {
        if (model is TorchModel torch)
        {
            var counts = RunCounts.Of(torch.Architecture, torch.Available.HasFlag(ModelOutputs.SentenceEmbedding));
            return new ModelWork(counts, sizeof(float) * counts.Weights);
        }
        return ExportRecord.Read(folder) is { Run: { } run, WeightBytes: { } bytes } ? new ModelWork(run, bytes) : null;
    }
}
