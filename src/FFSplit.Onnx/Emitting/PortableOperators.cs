using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;
using FFSplit.Onnx.Protobuf;

namespace FFSplit.Onnx.Emitting;

/// <summary>ONNX's own operators only; ONNX Runtime fuses some of them when it loads the model, others run it as it is.</summary>
/// <param name="addition">The operator of a sum that goes into a norm.</param>
sealed class PortableOperators(string addition = "Add") : IOperatorSet
{
    public Value Activate(Emission emission, Activation activation, Value x, Value? bias)
        => PortableActivations.Emit(emission.Graph, activation, bias is null ? x : emission.Graph.Add(x, bias));

    public (Value Normed, Value Total) Normalize(Emission emission, Norm norm, Residual sum)
    {
        var graph = emission.Graph;
        var x = sum.Total(graph, addition);
        switch (norm)
        {
            case Norm.Layer layer:
                return (graph.Node("LayerNormalization", [x, ScaleOf(emission, layer), emission.Bias(layer.Bias)],
                    OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("epsilon", layer.Epsilon)), x);
            case Norm.RootMeanSquare rms:
                var squares = graph.Node("ReduceMean", [graph.Node("Pow", [x, graph.Number(2)])], OnnxAttribute.Of("axes", [-1L]),
                    OnnxAttribute.Of("keepdims", 1));
                var root = graph.Node("Sqrt", [graph.Add(squares, graph.Number((float)rms.Epsilon))]);
                return (graph.Multiply(graph.Divide(x, root), emission.Plain(rms.Weight)), x);
            default:
                throw Unsupported.Case(norm);
        }
    }

    public Value Embed(Emission emission, Embeddings embeddings)
    {
        var graph = emission.Graph;
        var x = emission.Precision.Lookup(emission, embeddings.Tokens, emission.InputIds);
        if (embeddings.TokenProjection is { } projection) x = emission.Linear(projection, x);
        if (embeddings.TokenTypes is { } types)
            x = graph.Add(x, emission.TokenTypeIds is { } ids ? emission.Precision.Lookup(emission, types, ids) : emission.Plain(types));
        var sum = new Residual(x, embeddings.Positions is { } positions ? PositionVectors(emission, positions) : null);
        return embeddings.Norm is { } norm ? Normalize(emission, norm, sum).Normed : sum.Total(graph);
    }

    public Value Attend(Emission emission, Block block, Value x)
    {
        var (graph, attention) = (emission.Graph, block.Attention);
        var grouped = attention.Heads != attention.KeyValueHeads;
        var projected = JoinedProducts.Each(emission, x, attention.Query.Weight, attention.Key.Weight, attention.Value.Weight);
        var query = Heads(projected[0], attention.Query, attention.Heads);
        var key = Heads(projected[1], attention.Key, attention.KeyValueHeads);
        var value = Heads(projected[2], attention.Value, attention.KeyValueHeads);
        if (attention.Rotary is { } rotary)
        {
            query = RotaryEmitter.Rotate(emission, query, rotary, attention.HeadSize);
            key = RotaryEmitter.Rotate(emission, key, rotary, attention.HeadSize);
        }
        return Mix(emission, block, query, key, value);

        Value Heads(Value product, Linear linear, int heads)
            => graph.Transpose(graph.Reshape(emission.WithBias(product, linear.Bias), 0, 0, heads, attention.HeadSize), 0, 2, 1, 3);
    }

    /// <summary>softmax(scale · Q Kᵀ + bias) V of queries, keys and values that lie as (batch × heads × tokens × head size).</summary>
    public static Value Mix(Emission emission, Block block, Value query, Value key, Value value)
    {
        var (graph, attention) = (emission.Graph, block.Attention);
        if (emission.Cache is { } cache)
        {
            var (pastKey, pastValue) = cache.Past(block);
            (key, value) = (graph.Concat(2, pastKey, key), graph.Concat(2, pastValue, value));
            cache.Keep(block, key, value);
        }
        var bias = emission.ScoreBias(attention);
        var width = attention.Heads * attention.HeadSize;
        query = graph.Multiply(query, graph.Number((float)attention.ScoreScale));
        if (attention.Heads == attention.KeyValueHeads)
            return graph.Reshape(graph.Transpose(Weigh(graph.Transpose(key, 0, 1, 3, 2), bias), 0, 2, 1, 3), 0, 0, width);
        // The query heads that share a key head are an axis of their own, over which keys and values are broadcast.
        var groups = graph.Integers(0, attention.KeyValueHeads, attention.Heads / attention.KeyValueHeads);
        query = graph.Node("Reshape", [query, graph.Concat(0, groups, emission.Length, graph.Integers(attention.HeadSize))]);
        value = graph.Unsqueeze(value, 2);
        var mixed = Weigh(graph.Unsqueeze(graph.Transpose(key, 0, 1, 3, 2), 2),
            emission.Shared($"grouped {bias.Name}", () => graph.Unsqueeze(bias, 2)));
        return graph.Reshape(graph.Transpose(mixed, 0, 3, 1, 2, 4), 0, 0, width);

        Value Weigh(Value turnedKey, Value added)
        {
            var scores = graph.Add(graph.MatMul(query, turnedKey), added);
            return graph.MatMul(graph.Node("Softmax", [scores], OnnxAttribute.Of("axis", -1)), value);
        }
    }

    // Gemm takes the weight as it lies, but only two axes.
    public Value ProductTransposed(Emission emission, Value x, Value weight)
    {
        var graph = emission.Graph;
        var (rows, columns) = (graph.Length(weight, 0), graph.Length(weight, 1));
        var flat = graph.Node("Reshape", [x, graph.Concat(0, graph.Integers(-1), columns)]);
        var product = graph.Node("Gemm", [flat, weight], OnnxAttribute.Of("transB", 1));
        var leading = graph.Node("Shape", [x], OnnxAttribute.Of("start", 0), OnnxAttribute.Of("end", -1));
        return graph.Node("Reshape", [product, graph.Concat(0, leading, rows)]);
    }

    /// <summary>A layer norm's scale; ones where it has none.</summary>
    public static Value ScaleOf(Emission emission, Norm.Layer layer) => layer.Weight is { } weight ? emission.Plain(weight)
        : emission.Made($"ones[{layer.Size}]", [layer.Size], _ => [.. Enumerable.Repeat(1f, layer.Size)]);

    static Value PositionVectors(Emission emission, LearnedPositions positions)
    {
        var graph = emission.Graph;
        if (!PositionEmitter.ByColumn(emission, positions))
            return emission.Precision.Lookup(emission, positions.Table, PositionEmitter.Rows(emission, positions));
        if (emission.Precision.PlainTable(emission, positions.Table) is not { } table)
            return emission.Precision.Lookup(emission, positions.Table, graph.Add(emission.Columns, graph.Integer(positions.Offset)));
        return graph.Slice(table, graph.Integers(positions.Offset), graph.Add(emission.Length, graph.Integers(positions.Offset)), 0);
    }
}
