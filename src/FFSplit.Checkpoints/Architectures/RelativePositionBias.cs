namespace FFSplit.Checkpoints.Architectures;

/// <summary>A learned bias on attention scores by bucketed distance, shared by all blocks (MPNet; the buckets are T5's, bidirectional).</summary>
/// <param name="Table">(rows × heads), a row for each bucket; rows from <paramref name="Buckets"/> on have no use.</param>
/// <param name="Buckets">Number of buckets, half of them for each direction.</param>
/// <param name="MaxDistance">Distances from here on share the last bucket.</param>
public sealed record RelativePositionBias(WeightBinding Table, int Buckets, int MaxDistance = 128)
{
    /// <summary>The bucket of every (query, key) pair, row-major (length × length); modeling_mpnet.py, relative_position_bucket.</summary>
    public long[] BucketTable(int length)
    {
        var table = new long[(long)length * length];
        for (var query = 0; query < length; query++)
            for (var key = 0; key < length; key++)
                table[(long)query * length + key] = Bucket(query - key);
        return table;
    }

    /// <summary>The bucket of a key so many tokens before the query; negative for one after it.</summary>
    public int Bucket(int distance)
    {
        var half = Buckets / 2;
        var side = distance < 0 ? half : 0;
        var length = Math.Abs(distance);
        var exact = half / 2;
        if (length < exact) return side + length;
        // float32, as the reference computes it: the bucket at a boundary depends on the rounding.
        var log = MathF.Log((float)length / exact) / (float)Math.Log((double)MaxDistance / exact) * (half - exact);
        return side + Math.Min(exact + (int)log, half - 1);
    }
}
