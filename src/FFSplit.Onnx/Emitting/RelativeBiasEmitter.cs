using FFSplit.Checkpoints.Architectures;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>The relative position bias: a value for each distance and head, read from the table when the model is exported.</summary>
static class RelativeBiasEmitter
{
    /// <summary>(1 × heads × tokens × tokens).</summary>
    public static Value Emit(Emission emission, RelativePositionBias bias)
    {
        var graph = emission.Graph;
        // From the largest distance on all share a bucket, so the table by distance ends there and serves any length.
        var furthest = bias.MaxDistance;
        var heads = bias.Table.Shape[1];
        var table = emission.Made($"{bias.Table.Name}.by_distance", [heads, 2 * furthest + 1], weights =>
        {
            var values = weights.Values(bias.Table);
            var buckets = bias.BucketTable(furthest + 1);
            var result = new float[heads * (2 * furthest + 1)];
            for (var distance = -furthest; distance <= furthest; distance++)
            {
                var (query, key) = (Math.Max(distance, 0), Math.Max(-distance, 0));
                var bucket = buckets[query * (furthest + 1) + key];
                for (var head = 0; head < heads; head++)
                    result[head * (2 * furthest + 1) + distance + furthest] = values[bucket * heads + head];
            }
            return result;
        });
        var distances = graph.Subtract(graph.Unsqueeze(emission.Columns, 1), graph.Unsqueeze(emission.AllColumns, 0));
        var rows = graph.Add(graph.Node("Clip", [distances, graph.Integer(-furthest), graph.Integer(furthest)]), graph.Integer(furthest));
        return graph.Unsqueeze(graph.Gather(table, rows, axis: 1), 0);
    }
}
