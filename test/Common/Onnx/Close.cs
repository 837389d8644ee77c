using FFSplit.Checkpoints.Batches;

namespace FFSplit.TestCommon;

/// <summary>Holds outputs together within a part of the expected ones' range; NaN fails.</summary>
static class Close
{
    /// <summary>Where an output has a vector for each token, only real tokens count.</summary>
    public static void Within(double partOfRange, float[] expected, DenseArray actual, Batch batch, string name)
    {
        Assert.Equal(expected.Length, actual.Values.Length);
        var perToken = actual.Shape.Count == 3 && actual.Shape[1] == batch.Length;
        var width = (int)actual.Shape[^1];
        int[] counted = [.. Enumerable.Range(0, expected.Length).Where(i => !perToken || batch.AttentionMask[i / width] != 0)];
        Assert.NotEmpty(counted);
        var range = counted.Max(i => expected[i]) - counted.Min(i => expected[i]);
        double[] differences = [.. counted.Select(i => (double)Math.Abs(expected[i] - actual.Values[i]))];
        Assert.True(differences.All(double.IsFinite) && differences.Max() <= partOfRange * range,
            $"{name}: largest difference {differences.Max()}, allowed {partOfRange * range}");
    }
}
