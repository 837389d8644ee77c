using FFSplit.Evaluation.Samples;

namespace FFSplit.Compression.Importances;

/// <summary>Any order, by the seed and the layer: the control that shows whether choosing matters.</summary>
sealed class RandomImportance : IImportance
{
    public string Name => "random";

    public double[] Score(ImportanceInput input)
    {
        double[] scores = [.. Enumerable.Range(0, input.Statistics.Neurons).Select(i => (double)i)];
        // Layers must not share an order.
        new SeededRandom(unchecked(input.Seed * 1_000_003 + input.Layer)).Shuffle<double>(scores);
        return scores;
    }
}
