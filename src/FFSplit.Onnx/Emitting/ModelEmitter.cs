using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>The one ONNX interpreter of an <see cref="Architecture"/>: walks it and adds nodes.</summary>
static class ModelEmitter
{
    /// <summary>The graph of a checkpoint, dense or split. Weights are read when it is written.</summary>
    /// <param name="checkpoint">Must stay open until then.</param>
    /// <param name="makeOperators">Makes the operator set.</param>
    /// <param name="metadata">For readers of the file.</param>
    public static OnnxGraph Emit(Checkpoint checkpoint, Func<GraphBuilder, OperatorSet> makeOperators,
        IReadOnlyDictionary<string, string> metadata)
    {
        var architecture = checkpoint.Architecture;
        var graph = new GraphBuilder(checkpoint);
        var operators = makeOperators(graph);
        var sequence = new SequenceContext(graph, architecture, cached: architecture.Head is Head.LanguageModel { Causal: true });
        var residual = Residual.Of(EmbeddingEmitter.Emit(architecture.Embeddings, graph, operators, sequence));
        foreach (var block in architecture.Blocks) residual = Block(block, graph, operators, residual, sequence);
        var last = architecture.FinalNorm is { } norm ? operators.SumNorm(residual, norm).Normed : operators.Sum(residual);
        if (architecture.OutputProjection is { } projection) last = operators.Linear(last, projection);
        HeadEmitter.Emit(architecture, graph, operators, last, sequence);
        if (checkpoint.Pooling is { } pooling && architecture.Head is Head.Bare)
            PoolingEmitter.Emit(pooling, architecture.OutputSize, graph, last, sequence);
        return graph.Build(architecture.ModelType, operators.Opsets, metadata);
    }

    static Residual Block(Block block, GraphBuilder graph, OperatorSet operators, Residual residual, SequenceContext sequence)
    {
        using var scope = graph.Scope(string.Create(CultureInfo.InvariantCulture, $"block.{block.Index}"));
        switch (block.Layout)
        {
            case ResidualLayout.PreNorm:
                var (before, input) = operators.SumNorm(residual, block.AttentionNorm);
                var (between, inner) = operators.SumNorm(Residual.Of(before).Plus(Attend(input)), block.FeedForwardNorm);
                return Residual.Of(between).Plus(FeedForward(inner));
            case ResidualLayout.PostNorm:
                var x = operators.Sum(residual);
                var middle = operators.SumNorm(Residual.Of(x).Plus(Attend(x)), block.AttentionNorm).Normed;
                return Residual.Of(operators.SumNorm(Residual.Of(middle).Plus(FeedForward(middle)), block.FeedForwardNorm).Normed);
            case ResidualLayout.Parallel:
                var (sum, normed) = operators.SumNorm(residual, block.AttentionNorm);
                return Residual.Of(sum).Plus(Attend(normed)).Plus(FeedForward(operators.Norm(sum, block.FeedForwardNorm)));
            default:
                throw new ArgumentOutOfRangeException(nameof(block), block.Layout, "The ONNX emitter has no such layout.");
        }

        Addend Attend(string value) => AttentionEmitter.Emit(block.Attention, block.Index, graph, operators, value, sequence);
        Addend FeedForward(string value) => FeedForwardEmitter.Emit(block.FeedForward, graph, operators, value);
    }
}
