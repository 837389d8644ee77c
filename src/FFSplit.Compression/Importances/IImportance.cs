using FFSplit.Compression.Statistics;

namespace FFSplit.Compression.Importances;

/// <summary>A way to score neurons; the highest scores of a layer are its heavy hitters. A new way is a new file and a line in <see cref="Importance"/>.</summary>
public interface IImportance
{
    /// <summary>On the command line and in plans.</summary>
    string Name { get; }

    /// <summary>One score a neuron of the layer.</summary>
    double[] Score(ImportanceInput input);
}

/// <summary>What neurons can be scored by.</summary>
/// <param name="Layer">Index of the block.</param>
/// <param name="Statistics">Of that layer.</param>
/// <param name="Tokens">Over how many tokens.</param>
/// <param name="OutputNorms">‖V_j‖² of each neuron; computed when first asked for.</param>
/// <param name="Seed">For random choices.</param>
public sealed record ImportanceInput(int Layer, LayerStatistics Statistics, long Tokens, Lazy<double[]> OutputNorms, long Seed);

/// <summary>The known ways.</summary>
public static class Importance
{
    static readonly IImportance[] All = [new PaperImportance(), new OutputNormImportance(), new RandomImportance()];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(i => i.Name)];

    /// <summary>The one of that name, or null.</summary>
    public static IImportance? Find(string name) => All.FirstOrDefault(i => i.Name == name);

    /// <summary>Indices of the highest scores, in ascending order; equal scores go to the lower index.</summary>
    public static int[] Top(double[] scores, int count)
    {
        var order = Enumerable.Range(0, scores.Length).ToArray();
        Array.Sort(order, (a, b) => scores[b].CompareTo(scores[a]) is var c and not 0 ? c : a.CompareTo(b));
        var top = order[..count];
        Array.Sort(top);
        return top;
    }
}
