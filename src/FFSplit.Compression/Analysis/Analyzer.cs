using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Splits;
using FFSplit.Compression.Importances;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Statistics;
using FFSplit.Evaluation.Metrics;

namespace FFSplit.Compression.Analysis;

/// <summary>Turns statistics into a <see cref="HeavyHitterReport"/>.</summary>
public static class Analyzer
{
    static readonly double[] Tops = [0.01, 0.05, 0.10, 0.25, 0.50];
    const double NearlyEvery = 0.9;

    /// <summary>Answers the paper's first questions.</summary>
    /// <param name="checkpoint">The dense model.</param>
    /// <param name="statistics">Of it.</param>
    /// <param name="against">Of the same model on other data; null compares the halves of <paramref name="statistics"/>.</param>
    /// <param name="time">Of the run that collected them; null where they were loaded.</param>
    /// <param name="genericData">Whether the built-in text was used.</param>
    /// <param name="heavyShare">The fraction of neurons that count as heavy.</param>
    /// <param name="notices">What the user should know.</param>
    public static HeavyHitterReport Report(Checkpoint checkpoint, NeuronStatistics statistics, NeuronStatistics? against = null, RunTime? time = null,
        bool genericData = false, double heavyShare = 0.25, IReadOnlyList<string>? notices = null)
    {
        StatisticsFile.CheckFits(statistics, checkpoint);
        if (against is not null) StatisticsFile.CheckFits(against, checkpoint);
        var counts = ParameterCounts.Of(checkpoint);
        var (left, right) = against is null ? (statistics.First, statistics.Second) : (statistics.Whole, against.Whole);
        // A text of one sample has no two halves.
        var compared = left.Tokens > 0 && right.Tokens > 0;
        return new HeavyHitterReport
        {
            Model = Path.GetFileName(checkpoint.Folder),
            ModelType = checkpoint.Architecture.ModelType,
            Data = statistics.Source.Data,
            GenericData = genericData,
            Tokens = statistics.Whole.Tokens,
            Seed = statistics.Source.Seed,
            HeavyShare = heavyShare,
            ComparedWith = against is null ? "the other half of the same text" : against.Source.Data,
            FeedForwardShareOfBlocks = (double)counts.FeedForward / counts.Blocks,
            FeedForwardShareOfModel = (double)counts.FeedForward / counts.Total,
            FeedForwardShareOfTime = time is null ? null : time.FeedForwardSeconds / time.Seconds,
            Layers = [.. checkpoint.Architecture.Blocks.Select(b => Layer(b.Index, statistics.Whole, left.Layers[b.Index], right.Layers[b.Index],
                Planner.OutputNorms(checkpoint, b.FeedForward), new SplitSizes(heavyShare).HeavyCount(FeedForwardShape.Of(b.FeedForward)), compared))],
            Notices = [.. notices ?? [], .. compared ? (string[])[] : ["The text is a single sample: it has no halves to compare heavy sets of."]],
        };
    }

    static LayerReport Layer(int layer, StatisticsHalf whole, LayerStatistics left, LayerStatistics right, double[] outputNorms, int heavyCount,
        bool compared)
    {
        var statistics = whole.Layers[layer];
        var tokens = (double)whole.Tokens;
        var energy = Sorted(statistics.SumOfSquares);
        var output = Sorted([.. statistics.SumOfSquares.Zip(outputNorms, (h, v) => h * v)]);
        var heavy = Importance.Top(statistics.SumOfSquares, heavyCount);
        int[] light = [.. Enumerable.Range(0, statistics.Neurons).Except(heavy)];
        var (a, b) = (Importance.Top(left.SumOfSquares, heavyCount), Importance.Top(right.SumOfSquares, heavyCount));
        var common = a.Intersect(b).Count();
        return new LayerReport
        {
            Layer = layer,
            Neurons = statistics.Neurons,
            SortedNorms = [.. energy.Select(e => Math.Sqrt(e / tokens))],
            Energy = Shares(energy),
            OutputEnergy = Shares(output),
            NeuronsForHalf = Needed(energy, 0.5),
            NeuronsForNineTenths = Needed(energy, 0.9),
            ActiveShare = statistics.Active.Average() / tokens,
            HeavyActiveShare = Mean(heavy, statistics.Active) / tokens,
            HeavyInTopQuarter = Mean(heavy, statistics.TopQuarter) / tokens,
            LightInTopQuarter = Mean(light, statistics.TopQuarter) / tokens,
            AlwaysHeavy = heavy.Length == 0 ? 0 : heavy.Count(j => statistics.TopQuarter[j] >= NearlyEvery * tokens) / (double)heavy.Length,
            Jaccard = compared ? common / (double)(a.Length + b.Length - common) : double.NaN,
            RankCorrelation = Spearman.Correlation(left.SumOfSquares, right.SumOfSquares),
        };
    }

    static double[] Sorted(double[] values)
    {
        double[] sorted = [.. values];
        Array.Sort(sorted);
        Array.Reverse(sorted);
        return sorted;
    }

    static EnergyShare[] Shares(double[] sorted)
    {
        var total = sorted.Sum();
        return [.. Tops.Select(top => new EnergyShare(top, sorted.Take((int)Math.Round(top * sorted.Length, MidpointRounding.AwayFromZero)).Sum() / total))];
    }

    static int Needed(double[] sorted, double share)
    {
        var (rest, count) = (sorted.Sum() * share, 0);
        while (count < sorted.Length && rest > 0) rest -= sorted[count++];
        return count;
    }

    static double Mean(int[] neurons, long[] counts) => neurons.Length == 0 ? 0 : neurons.Average(j => counts[j]);
}
