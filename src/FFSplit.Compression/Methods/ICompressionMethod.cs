using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Compression.Methods;

/// <summary>Decides how an FFN is divided, not which neurons: that is the importance's part. A new method is a new file and a line in <see cref="CompressionMethod"/>.</summary>
public interface ICompressionMethod
{
    /// <summary>On the command line and in plans.</summary>
    string Name { get; }

    /// <summary>One sentence for help and reports.</summary>
    string Description { get; }

    /// <summary>Whether a repair follows where there is text to fit on and nobody says otherwise.</summary>
    bool RepairedByDefault => true;

    /// <summary>Heavy count, light kind and rank for an FFN.</summary>
    SplitLayer Divide(FeedForwardShape shape, SplitSizes sizes);
}

/// <summary>What the user asks of a split's size.</summary>
/// <param name="Heavy">Fraction of neurons kept whole, in (0, 1].</param>
/// <param name="Rank">Rank of the light factors as a fraction of full rank, in (0, 1].</param>
/// <param name="Match">Whether baselines get the largest size that the paper's split at these fractions is not exceeded by.</param>
public sealed record SplitSizes(double Heavy = 0.25, double Rank = 0.10, bool Match = true)
{
    /// <summary>round(heavy · m), half away from zero.</summary>
    public int HeavyCount(FeedForwardShape shape) => (int)Math.Round(Heavy * shape.IntermediateSize, MidpointRounding.AwayFromZero);

    /// <summary>max(1, round(rank · min(d, |L|))), and 0 where there are no light neurons.</summary>
    public int LightRank(FeedForwardShape shape, int heavy)
    {
        var light = shape.IntermediateSize - heavy;
        return light == 0 ? 0 : Math.Max(1, (int)Math.Round(Rank * Math.Min(shape.HiddenSize, light), MidpointRounding.AwayFromZero));
    }

    /// <summary>The paper's split: what others are held against.</summary>
    public SplitLayer Paper(FeedForwardShape shape)
    {
        var heavy = HeavyCount(shape);
        var rank = LightRank(shape, heavy);
        return new SplitLayer(heavy, rank == 0 ? LightKind.None : LightKind.LowRank, rank);
    }
}

/// <summary>The known methods.</summary>
public static class CompressionMethod
{
    static readonly ICompressionMethod[] All = [new PaperMethod(), new VanillaMethod(), new PruneLightMethod()];

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(m => m.Name)];

    // Not among the names to choose from: they are asked for by --light.
    static readonly ICompressionMethod[] ByLight = [new LinearLightMethod(), new DenseLightMethod()];

    /// <summary>The one that makes a kind of light part, or null where several do.</summary>
    internal static ICompressionMethod? For(LightKind? light) => light switch
    {
        LightKind.None => Find("prune-light"),
        LightKind.Linear => ByLight[0],
        LightKind.Dense => ByLight[1],
        _ => null,
    };

    /// <summary>The one of that name that a plan may be by, those that only a kind of light part makes included; or null.</summary>
    internal static ICompressionMethod? OfPlan(string name) => All.Concat(ByLight).FirstOrDefault(m => m.Name == name);

    /// <summary>The one of that name, or null.</summary>
    public static ICompressionMethod? Find(string name) => All.FirstOrDefault(m => m.Name == name);
}
