using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>ONNX Runtime's own operators, written directly, where its CPU kernels are faster than the standard ones; the standard ones elsewhere.</summary>
sealed class OnnxRuntimeOperators : IOperatorSet
{
    readonly PortableOperators _standard = new();

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

    // Not SkipLayerNormalization: in ONNX Runtime 1.31 one of its nodes took 2.0 ms (1,024 × 384), the sums and the norm apart 0.4 ms.
    public (Value Normed, Value Total) Normalize(Emission emission, Norm norm, Residual sum)
    {
        if (norm is not Norm.RootMeanSquare rms) return _standard.Normalize(emission, norm, sum);
        var x = sum.Total(emission.Graph);
        return (emission.Graph.Node("SimplifiedLayerNormalization", [x, emission.Plain(rms.Weight)],
            OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("epsilon", rms.Epsilon)), x);
    }

    public Value Embed(Emission emission, Embeddings embeddings)
    {
        if (embeddings is not { TokenProjection: null, Positions: { } positions, Norm: Norm.Layer { Weight: { } scale, Bias: { } shift } norm }
            || emission.Precision.PlainTable(emission, embeddings.Tokens) is not { } tokens
            || emission.Precision.PlainTable(emission, positions.Table) is not { } table
            || embeddings.TokenTypes is not null && emission.TokenTypeIds is null
            || PositionEmitter.ByColumn(emission, positions) && positions.Offset != 0)
            return _standard.Embed(emission, embeddings);
        var graph = emission.Graph;
        var types = embeddings.TokenTypes is { } t ? emission.Precision.PlainTable(emission, t) : null;
        var rows = PositionEmitter.ByColumn(emission, positions) ? null : graph.Cast(PositionEmitter.Rows(emission, positions), DType.I32);
        return graph.Nodes("EmbedLayerNormalization", GraphBuilder.Contributed,
            [
                graph.Cast(emission.InputIds, DType.I32), emission.TokenTypeIds is { } ids ? graph.Cast(ids, DType.I32) : null,
                tokens, table, types, emission.Plain(scale), emission.Plain(shift), null, rows,
            ],
            [true, true], OnnxAttribute.Of("epsilon", norm.Epsilon))[0]!;
    }

    public Value Attend(Emission emission, Block block, Value x)
    {
        var attention = block.Attention;
        // Keys that several query heads share would have to be copied for each of them first.
        if (attention.Heads != attention.KeyValueHeads) return _standard.Attend(emission, block, x);
        var graph = emission.Graph;
        var (query, key, value) = (Product(attention.Query), Product(attention.Key), Product(attention.Value));
        Value? bias = null;
        if (attention.Rotary is { } rotary)
        {
            query = Rotate(emission.WithBias(query, attention.Query.Bias), rotary);
            key = Rotate(emission.WithBias(key, attention.Key.Bias), rotary);
            value = emission.WithBias(value, attention.Value.Bias);
        }
        else bias = JoinedBias(emission, attention);
        OnnxAttribute[] settings =
        [
            OnnxAttribute.Of("num_heads", attention.Heads), OnnxAttribute.Of("scale", attention.ScoreScale),
            OnnxAttribute.Of("unidirectional", attention.Causal ? 1 : 0),
        ];
        var (pastKey, pastValue) = emission.Cache is { } cache ? cache.Past(block) : default;
        Value?[] inputs = [query, key, value, bias, emission.IntegerMask, emission.ColumnBias(causal: false, attention.Window), pastKey, pastValue];
        var results = graph.Nodes("MultiHeadAttention", GraphBuilder.Contributed, inputs,
            emission.Cache is null ? [true] : [true, true, true], settings);
        emission.Cache?.Keep(block, results[1]!, results[2]!);
        return results[0]!;

        Value Product(Linear linear) => emission.Precision.Product(emission, x, linear.Weight);

        Value Rotate(Value projected, RotaryEmbedding turning)
        {
            var (cos, sin) = RotaryEmitter.Tables(emission, turning);
            // The tables hold this run's tokens only, so they are read from their first row on.
            OnnxAttribute[] sizes = turning.Dimensions == attention.HeadSize ? [OnnxAttribute.Of("num_heads", attention.Heads)]
                : [OnnxAttribute.Of("num_heads", attention.Heads), OnnxAttribute.Of("rotary_embedding_dim", turning.Dimensions)];
            return graph.Contrib("RotaryEmbedding", [projected, graph.Integers(0), cos, sin], sizes);
        }
    }

    public Value ProductTransposed(Emission emission, Value x, Value weight)
        => emission.Graph.Contrib("FusedMatMul", [x, weight], OnnxAttribute.Of("transB", 1));

    // The operator takes the three biases as one vector; zeros stand for one that is not there.
    static Value? JoinedBias(Emission emission, Attention attention)
    {
        Linear[] parts = [attention.Query, attention.Key, attention.Value];
        if (parts.All(p => p.Bias is null)) return null;
        return emission.Made($"{attention.Query.Weight.Name}.biases", [parts.Sum(p => p.Out)],
            weights => [.. parts.SelectMany(p => p.Bias is { } bias ? weights.Values(bias) : new float[p.Out])]);
    }
}
