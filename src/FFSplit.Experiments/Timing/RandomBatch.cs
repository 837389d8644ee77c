using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Samples;

namespace FFSplit.Experiments.Timing;

/// <summary>Batches to time: drawn tokens, no padding.</summary>
static class RandomBatch
{
    public static Batch Of(int rows, int length, int vocabulary)
    {
        var random = new SeededRandom(0);
        var (ids, mask) = (new long[rows * length], new long[rows * length]);
        for (var i = 0; i < ids.Length; i++) (ids[i], mask[i]) = ((long)(random.NextBits() % (ulong)vocabulary), 1);
        return new Batch(rows, length, ids, mask);
    }
}
