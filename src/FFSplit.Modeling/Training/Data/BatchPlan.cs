using FFSplit.Evaluation.Samples;

namespace FFSplit.Modeling.Training.Data;

/// <summary>Which examples are seen together, and when: shuffled, yet of like lengths. A function of lengths, seed and epoch
/// alone.</summary>
public static class BatchPlan
{
    // Sorting within buckets of so many batches makes padding rare and leaves the order random.
    const int BatchesPerBucket = 50;

    /// <summary>The batches of one epoch: all examples are shuffled, cut into buckets, sorted by length in each, cut into batches, and the
    /// batches shuffled. Every example is seen once; one batch may be smaller.</summary>
    /// <param name="lengths">Tokens of each example.</param>
    /// <param name="batchSize">Examples of a batch.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="epoch">From 0.</param>
    /// <returns>Positions in <paramref name="lengths"/>.</returns>
    public static int[][] Epoch(IReadOnlyList<int> lengths, int batchSize, int seed, int epoch)
    {
        var random = new SeededRandom(Seeds.Of(seed, Seeds.Order, epoch));
        var order = Enumerable.Range(0, lengths.Count).ToArray();
        random.Shuffle<int>(order);
        var batches = new List<int[]>();
        foreach (var bucket in order.Chunk(batchSize * BatchesPerBucket))
            batches.AddRange(bucket.OrderBy(i => lengths[i]).Chunk(batchSize));
        var result = batches.ToArray();
        random.Shuffle<int[]>(result);
        return result;
    }
}
