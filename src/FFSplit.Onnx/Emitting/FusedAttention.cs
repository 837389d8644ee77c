using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;
using FFSplit.Onnx.Weights;

namespace FFSplit.Onnx.Emitting;

/// <summary>Attention by ONNX Runtime's own operators, where every query head has keys of its own.</summary>
static class FusedAttention
{
    public static Value Emit(Emission emission, Block block, Value x)
        => emission.Cache is null && block.Attention.Rotary is null
            && emission.Precision.PlainMatrix(emission, new WeightMatrix([.. Projections(block.Attention).Select(p => p.Weight)])) is { } joined
            ? Whole(emission, block.Attention, x, joined) : Mixed(emission, block, x);

    static Linear[] Projections(Attention attention) => [attention.Query, attention.Key, attention.Value];

    // Projections, scores and sum in one operator: on short texts faster by a tenth than three products and the operator below.
    static Value Whole(Emission emission, Attention attention, Value x, Value weights)
        => emission.Graph.Contrib("Attention",
            [
                x, weights, JoinedBias(emission, attention, always: true), emission.IntegerMask, null,
                emission.ColumnBias(causal: false, attention.Window),
            ],
            [.. Settings(attention), OnnxAttribute.Of("qkv_hidden_sizes", [.. Projections(attention).Select(p => (long)p.Out)])]);

    // Queries, keys and values are made first: they are rotated, or go on into the cache.
    static Value Mixed(Emission emission, Block block, Value x)
    {
        var (graph, attention) = (emission.Graph, block.Attention);
        var projected = JoinedProducts.Each(emission, x, attention.Query.Weight, attention.Key.Weight, attention.Value.Weight);
        var (query, key, value) = (projected[0], projected[1], projected[2]);
        Value? bias = null;
        if (attention.Rotary is { } rotary)
        {
            query = Rotate(emission, emission.WithBias(query, attention.Query.Bias), attention, rotary);
            key = Rotate(emission, emission.WithBias(key, attention.Key.Bias), attention, rotary);
            value = emission.WithBias(value, attention.Value.Bias);
        }
        else bias = JoinedBias(emission, attention, always: false);
        var (mask, columns) = (emission.IntegerMask, emission.ColumnBias(causal: false, attention.Window));
        if (emission.Cache is not { } cache)
        {
            Value Attend(Value? padding) => graph.Contrib("MultiHeadAttention", [query, key, value, bias, padding, columns], Settings(attention));
            // Without a mask ONNX Runtime computes block by block in the processor's cache (docs/onnx.md has what it gains).
            return columns is null && !attention.Causal
                ? graph.Choose(emission.AllReal, () => Attend(null), () => Attend(mask), Axes.Batch, Axes.Length, (long)attention.Value.Out)
                : Attend(mask);
        }
        var (pastKey, pastValue) = cache.Past(block);
        var results = graph.Nodes("MultiHeadAttention", GraphBuilder.Contributed,
            [query, key, value, bias, mask, columns, pastKey, pastValue], [true, true, true], Settings(attention));
        cache.Keep(block, results[1]!, results[2]!);
        return results[0]!;
    }

    static OnnxAttribute[] Settings(Attention attention) =>
    [
        OnnxAttribute.Of("num_heads", attention.Heads), OnnxAttribute.Of("scale", attention.ScoreScale),
        OnnxAttribute.Of("unidirectional", attention.Causal ? 1 : 0),
    ];

    static Value Rotate(Emission emission, Value projected, Attention attention, RotaryEmbedding rotary)
    {
        var (cos, sin) = RotaryEmitter.Tables(emission, rotary);
        OnnxAttribute[] sizes = rotary.Dimensions == attention.HeadSize ? [OnnxAttribute.Of("num_heads", attention.Heads)]
            : [OnnxAttribute.Of("num_heads", attention.Heads), OnnxAttribute.Of("rotary_embedding_dim", rotary.Dimensions)];
        // The tables hold this run's tokens only, so they are read from their first row on.
        return emission.Graph.Contrib("RotaryEmbedding", [projected, emission.Graph.Integers(0), cos, sin], sizes);
    }

    // The operators take the three biases as one vector; zeros stand for one that is not there.
    static Value? JoinedBias(Emission emission, Attention attention, bool always)
    {
        var parts = Projections(attention);
        if (!always && parts.All(p => p.Bias is null)) return null;
        return emission.Made($"{attention.Query.Weight.Name}.biases", [parts.Sum(p => p.Out)],
            weights => [.. parts.SelectMany(p => p.Bias is { } bias ? weights.Values(bias) : new float[p.Out])]);
    }
}
