using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>The one ONNX emitter of an <see cref="Architecture"/>: each function writes one kind of record as nodes.</summary>
static class ModelEmitter
{
    // The oldest with LayerNormalization; what knows no newer one runs it as well.
    const int OperatorSet = 17;

    /// <summary>A whole model.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="pooling">How it makes a vector of a text; null where it does not.</param>
    /// <param name="weights">Its weights.</param>
    /// <param name="operators">Of the target.</param>
    /// <param name="precision">Of the weights.</param>
    /// <param name="producerVersion">Of this library.</param>
    public static OnnxModel Emit(Architecture architecture, SentencePooling? pooling, WeightStore weights, IOperatorSet operators,
        IPrecision precision, string producerVersion)
    {
        var emission = new Emission(architecture, weights, operators, precision);
        var graph = emission.Graph;
        Residual stream;
        using (graph.Scope("embeddings")) stream = new Residual(Embed(emission, architecture.Embeddings));
        foreach (var block in architecture.Blocks)
            using (graph.Scope($"layers.{block.Index}")) stream = BlockEmitter.Emit(emission, block, stream);
        Value last;
        using (graph.Scope("last")) last = Finish(emission, architecture, stream);
        using (graph.Scope("head")) HeadEmitter.Emit(emission, architecture, pooling, last);
        emission.Cache?.DeclareOutputs();
        var built = graph.Build(architecture.ModelType);
        List<(string, long)> sets = [("", OperatorSet)];
        if (built.AllNodes.Any(n => n.Domain == GraphBuilder.Contributed)) sets.Add((GraphBuilder.Contributed, 1));
        return new OnnxModel(built, sets, producerVersion);
    }

    static Value Embed(Emission emission, Embeddings embeddings)
    {
        var x = emission.Operators.Embed(emission, embeddings);
        return embeddings.Projection is { } projection ? emission.Linear(projection, x) : x;
    }

    static Value Finish(Emission emission, Architecture architecture, Residual stream)
    {
        var x = architecture.FinalNorm is { } norm ? emission.Operators.Normalize(emission, norm, stream).Normed
            : stream.Total(emission.Graph);
        return architecture.OutputProjection is { } projection ? emission.Linear(projection, x) : x;
    }
}
