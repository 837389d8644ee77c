using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Checkpoints;

/// <summary>What a run of a model computes and reads. Rows of tables are not counted, nor is what goes element by element.</summary>
/// <param name="PerToken">Multiply-accumulates of the linear products on one token: blocks, projections, a vocabulary's decoder.</param>
/// <param name="PerPair">Multiply-accumulates for a token and one that it is held against: scores and weighted sums of all blocks.</param>
/// <param name="PerText">Multiply-accumulates on one text whatever its length: a classifier's.</param>
/// <param name="Weights">Parameters that every run reads: all but tables that are only looked up, and heads that are not run.</param>
public sealed record RunCounts(long PerToken, long PerPair, long PerText, long Weights)
{
    /// <summary>Counts a model's.</summary>
    /// <param name="architecture">The model, dense or split.</param>
    /// <param name="pooled">Whether sentence embeddings are wanted, for which a vocabulary's head is not run.</param>
    public static RunCounts Of(Architecture architecture, bool pooled)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        // A family's own pooler is no output of an export, and nobody times it.
        var head = architecture.Head is Head.Bare || pooled && architecture.Head is Head.LanguageModel ? null : architecture.Head;
        var embeddings = architecture.Embeddings;
        var perToken = ParameterCounts.Of(architecture).MultiplyAccumulatesPerToken
            + Products(embeddings.TokenProjection) + Products(embeddings.Projection) + Products(architecture.OutputProjection)
            + (head is Head.LanguageModel language ? Products(language.Transform?.Linear) + Products(language.Decoder) : 0);
        var perText = head is Head.Classifier classifier ? classifier.Steps.Sum(s => Products(s.Linear)) : 0;
        var perPair = architecture.Blocks.Sum(b => 2L * b.Attention.Heads * b.Attention.HeadSize);
        WeightBinding?[] tables = [embeddings.Tokens, embeddings.Positions?.Table, embeddings.TokenTypes, architecture.RelativeBias?.Table];
        var read = architecture.Bindings.Except(architecture.Head.Bindings).Except(tables.OfType<WeightBinding>())
            // A decoder that is tied to the token table reads all of it.
            .Concat(head?.Bindings ?? []).Distinct();
        return new RunCounts(perToken, perPair, perText, read.Sum(b => b.ElementCount));
    }

    /// <summary>Multiply-accumulates of a run. Every new token is held against every one there is: masks take no product away.</summary>
    /// <param name="rows">Texts.</param>
    /// <param name="tokens">New tokens of each.</param>
    /// <param name="seen">Tokens of each with those that a cache holds.</param>
    public long MultiplyAccumulates(long rows, long tokens, long seen) => rows * (tokens * (PerToken + PerPair * seen) + PerText);

    static long Products(Linear? linear) => linear is null ? 0 : (long)linear.In * linear.Out;
}
