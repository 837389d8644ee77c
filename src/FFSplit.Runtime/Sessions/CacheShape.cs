using System.Globalization;

namespace FFSplit.Runtime.Sessions;

/// <summary>What keys and values of earlier tokens look like, as the model's inputs say.</summary>
/// <param name="Layers">Blocks.</param>
/// <param name="Heads">Key-value heads.</param>
/// <param name="HeadSize">Dimensions of a head.</param>
sealed record CacheShape(int Layers, int Heads, int HeadSize)
{
    /// <summary>Of a model that generates; null for others.</summary>
    public static CacheShape? Of(ModelSession session)
    {
        var layers = 0;
        while (session.Inputs.Contains(Past(layers, "key"))) layers++;
        if (layers == 0) return null;
        var shape = session.Shape(Past(0, "key"));
        return new CacheShape(layers, shape[1], shape[3]);
    }

    /// <summary>Inputs in the order of <see cref="PresentNames"/>.</summary>
    public IEnumerable<string> PastNames => Each(Past);

    /// <summary>Outputs that are the next run's inputs.</summary>
    public IEnumerable<string> PresentNames => Each((layer, what) => string.Create(CultureInfo.InvariantCulture, $"present.{layer}.{what}"));

    IEnumerable<string> Each(Func<int, string, string> name) => Enumerable.Range(0, Layers).SelectMany(i => new[] { name(i, "key"), name(i, "value") });

    static string Past(int layer, string what) => string.Create(CultureInfo.InvariantCulture, $"past_key_values.{layer}.{what}");
}
