using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>The residual stream with what is still to be added to it: left open so that an operator set can add and normalise in one
/// step.</summary>
/// <param name="Stream">(batch × sequence × hidden size).</param>
/// <param name="Term">Of the same shape; null for nothing.</param>
/// <param name="Bias">(hidden size); null for nothing.</param>
sealed record Residual(Value Stream, Value? Term = null, Value? Bias = null)
{
    /// <summary>The sum, made.</summary>
    /// <param name="graph">Where.</param>
    /// <param name="operation">The last addition's.</param>
    public Value Total(GraphBuilder graph, string operation = "Add")
    {
        var term = Term is not null && Bias is not null ? graph.Add(Term, Bias) : Term ?? Bias;
        return term is null ? Stream : graph.Node(operation, [Stream, term]);
    }
}

/// <summary>What a part of a block gives, its last bias not yet added.</summary>
/// <param name="Product">(batch × sequence × hidden size); null for zeros.</param>
/// <param name="Bias">(hidden size); null for none.</param>
sealed record Unbiased(Value? Product, Value? Bias)
{
    /// <summary>Puts it onto a stream.</summary>
    public Residual On(Value stream) => new(stream, Product, Bias);
}
