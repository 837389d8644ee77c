using FFSplit.Evaluation.Samples;

namespace FFSplit.Compression.Importances;

/// <summary>Any order, by the seed and the layer: the control that shows whether choosing matters.</summary>
sealed class RandomImportance : IImportance
{
    public string Name => "random";

    public double[] Score(ImportanceInput input)
    {
        var random = new SeededRandom(unchecked((ulong)input.Seed * 0x9E3779B97F4A7C15UL + (ulong)input.Layer));
        return [.. input.Statistics.SumOfSquares.Select(_ => random.NextDouble())];
    }
}
