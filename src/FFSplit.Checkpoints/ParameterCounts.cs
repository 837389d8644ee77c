using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Checkpoints;

/// <summary>Where a model's parameters are; a tied decoder counts once, with the token table.</summary>
/// <param name="Embeddings">Token, position and type tables, their norm and projections.</param>
/// <param name="TokenTable">Of these, the token table.</param>
/// <param name="Attention">Of the blocks.</param>
/// <param name="FeedForward">Of the blocks.</param>
/// <param name="Norms">Of the blocks.</param>
/// <param name="Head">Relative bias, final norm, output projection, head.</param>
/// <param name="MultiplyAccumulatesPerToken">Of the blocks' linear products on one token; the scores, which depend on the length, are left out.</param>
public sealed record ParameterCounts(long Embeddings, long TokenTable, long Attention, long FeedForward, long Norms, long Head, long MultiplyAccumulatesPerToken)
{
    /// <summary>The transformer blocks: what the paper's percentages are of.</summary>
    public long Blocks => Attention + FeedForward + Norms;

    /// <summary>The whole model.</summary>
    public long Total => Embeddings + Blocks + Head;

    /// <summary>Counts a checkpoint's model.</summary>
    public static ParameterCounts Of(Checkpoint checkpoint) => Of(checkpoint.Architecture);

    /// <summary>Counts a model, dense or split.</summary>
    public static ParameterCounts Of(Architecture architecture) => Of(architecture, b => b.FeedForward.Bindings.Sum(w => w.ElementCount));

    /// <summary>Counts a dense model as it would be after a split.</summary>
    /// <param name="architecture">The dense model.</param>
    /// <param name="layers">How each FFN is split.</param>
    /// <param name="intercept">Whether FFNs get an output bias where the model has none.</param>
    public static ParameterCounts After(Architecture architecture, IReadOnlyList<SplitLayer> layers, bool intercept = false)
        => Of(architecture, b => FeedForwardShape.Of(b.FeedForward, intercept).Parameters(layers[b.Index]), layers);

    static ParameterCounts Of(Architecture architecture, Func<Block, long> feedForward, IReadOnlyList<SplitLayer>? layers = null)
    {
        var embeddings = Sum(architecture.Embeddings.Bindings);
        var attention = architecture.Blocks.Sum(b => Sum(b.Attention.Bindings));
        var ffn = architecture.Blocks.Sum(feedForward);
        var norms = architecture.Blocks.Sum(b => Sum(b.AttentionNorm.Bindings) + Sum(b.FeedForwardNorm.Bindings));
        var products = architecture.Blocks.Sum(b => new[] { b.Attention.Query, b.Attention.Key, b.Attention.Value, b.Attention.Output }.Sum(l => (long)l.In * l.Out)
            + FeedForwardShape.Of(b.FeedForward).MultiplyAccumulates(layers?[b.Index] ?? Split(b.FeedForward)));
        return new ParameterCounts(embeddings, architecture.Embeddings.Tokens.ElementCount, attention, ffn, norms,
            Sum(architecture.Bindings) - embeddings - attention - architecture.Blocks.Sum(b => Sum(b.FeedForward.Bindings)) - norms, products);
    }

    static SplitLayer Split(FeedForward ffn) => new(ffn.HeavyCount, ffn.Light.Kind, ffn.Light.Rank);

    static long Sum(IEnumerable<WeightBinding> bindings) => bindings.Sum(b => b.ElementCount);
}
