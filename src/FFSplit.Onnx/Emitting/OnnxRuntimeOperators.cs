using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>ONNX Runtime's own operators, written directly, where its CPU kernels are faster than the standard ones; the standard ones
/// elsewhere.</summary>
sealed class OnnxRuntimeOperators : IOperatorSet
{
    // ONNX Runtime makes SkipLayerNormalization of an Add and the norm after it, whose kernel is far slower than both
    // (docs/onnx.md); it knows no such thing of Sum.
    const string Addition = "Sum";

    readonly PortableOperators _standard = new(Addition);

    public Value Activate(Emission emission, Activation activation, Value x, Value? bias)
    {
        var graph = emission.Graph;
        return activation switch
        {
            Activation.Gelu => bias is null ? graph.Contrib("Gelu", [x]) : graph.Contrib("BiasGelu", [x, bias]),
            Activation.GeluTanh => graph.Contrib("FastGelu", [x, bias]),
            Activation.QuickGelu => Quick(1.702),
            Activation.Silu => Quick(1),
            _ => _standard.Activate(emission, activation, x, bias),
        };

        Value Quick(double slope) => graph.Contrib("QuickGelu", [bias is null ? x : graph.Add(x, bias)], OnnxAttribute.Of("alpha", slope));
    }

    public (Value Normed, Value Total) Normalize(Emission emission, Norm norm, Residual sum)
    {
        if (norm is not Norm.RootMeanSquare rms) return _standard.Normalize(emission, norm, sum);
        var x = sum.Total(emission.Graph, Addition);
        return (emission.Graph.Node("SimplifiedLayerNormalization", [x, emission.Plain(rms.Weight)],
            OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("epsilon", rms.Epsilon)), x);
    }

    public Value Embed(Emission emission, Embeddings embeddings)
    {
        if (embeddings.TokenProjection is not null || embeddings.Positions is not { } positions
            || embeddings.Norm is not Norm.Layer { Weight: { } scale, Bias: { } shift } norm
            || emission.Precision.PlainTable(emission, embeddings.Tokens) is not { } tokens
            || emission.Precision.PlainTable(emission, positions.Table) is not { } table
            || embeddings.TokenTypes is { } t && (emission.TokenTypeIds is null || emission.Precision.PlainTable(emission, t) is null)
            || PositionEmitter.ByColumn(emission, positions) && positions.Offset != 0)
            return _standard.Embed(emission, embeddings);
        var graph = emission.Graph;
        var types = embeddings.TokenTypes is { } kinds ? emission.Precision.PlainTable(emission, kinds) : null;
        var rows = PositionEmitter.ByColumn(emission, positions) ? null : graph.Cast(PositionEmitter.Rows(emission, positions), DType.I32);
        return graph.Nodes("EmbedLayerNormalization", GraphBuilder.Contributed,
            [
                graph.Cast(emission.InputIds, DType.I32), emission.TokenTypeIds is { } ids ? graph.Cast(ids, DType.I32) : null,
                tokens, table, types, emission.Plain(scale), emission.Plain(shift), null, rows,
            ],
            [true, true], OnnxAttribute.Of("epsilon", norm.Epsilon))[0]!;
    }

    public Value Attend(Emission emission, Block block, Value x)
        // Keys that several query heads share would have to be copied for each of them first.
        => block.Attention.Heads == block.Attention.KeyValueHeads ? FusedAttention.Emit(emission, block, x)
            : _standard.Attend(emission, block, x);

    public Value ProductTransposed(Emission emission, Value x, Value weight)
        => emission.Graph.Contrib("FusedMatMul", [x, weight], OnnxAttribute.Of("transB", 1));
}
