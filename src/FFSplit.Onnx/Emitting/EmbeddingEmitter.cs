using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graphs;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>From ids to the first hidden states.</summary>
static class EmbeddingEmitter
{
    /// <summary>Whether a model takes token type ids: a table of one row is the same for every token.</summary>
    public static bool TakesTypes(Embeddings embeddings) => embeddings.TokenTypes is { } types && types.Shape[0] > 1;

    /// <summary>(rows × length × d).</summary>
    public static string Emit(Embeddings embeddings, GraphBuilder graph, OperatorSet operators, SequenceContext sequence)
    {
        using var scope = graph.Scope("embeddings");
        var x = Rows(embeddings.Tokens, sequence.Ids);
        if (embeddings.TokenProjection is { } projection) x = operators.Linear(x, projection);
        if (embeddings.TokenTypes is { } types)
            x = Plus(x, TakesTypes(embeddings) ? Rows(types, graph.Input("token_type_ids", OnnxType.Int64, "batch_size", "sequence_length"))
                : graph.Weight(types));
        if (embeddings.Positions is { } positions) x = Plus(x, Rows(positions.Table, sequence.Positions(positions)));
        if (embeddings.Norm is { } norm) x = operators.Norm(x, norm);
        return embeddings.Projection is { } last ? operators.Linear(x, last) : x;

        string Rows(WeightBinding table, string ids) => operators.Weights.Rows(table, ids);
        string Plus(string a, string b) => graph.Add("Add", [a, b]);
    }
}
