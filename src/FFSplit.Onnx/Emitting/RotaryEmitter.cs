using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Onnx.Graph;

namespace FFSplit.Onnx.Emitting;

/// <summary>Rotary positions. They enter attention only by differences, so columns serve, wherever the padding is.</summary>
static class RotaryEmitter
{
    /// <summary>cos and sin for this run's tokens, each (tokens × half of the rotating dimensions).</summary>
    public static (Value Cos, Value Sin) Tables(Emission emission, RotaryEmbedding rotary)
    {
        var key = $"rotary {rotary.Dimensions} {rotary.Base} {rotary.Scaling}";
        var graph = emission.Graph;
        var angles = emission.Shared($"{key} angles", () => graph.Multiply(
            graph.Unsqueeze(graph.Cast(emission.Columns, DType.F32), 1), Frequencies(emission, rotary, $"{key} frequencies")));
        return (emission.Shared($"{key} cos", () => Scaled("Cos")), emission.Shared($"{key} sin", () => Scaled("Sin")));

        Value Scaled(string function)
        {
            var value = graph.Node(function, [angles]);
            return rotary.Scaling.AttentionFactor is var factor and not 1 ? graph.Multiply(value, graph.Number((float)factor)) : value;
        }
    }

    /// <summary>Rotates the first dimensions of each head in halves: (batch × heads × tokens × head size) to the same.</summary>
    public static Value Rotate(Emission emission, Value x, RotaryEmbedding rotary, int headSize)
    {
        var graph = emission.Graph;
        var (cos, sin) = Tables(emission, rotary);
        var half = rotary.Dimensions / 2;
        var parts = rotary.Dimensions == headSize ? graph.Split(x, half, half) : graph.Split(x, half, half, headSize - rotary.Dimensions);
        var first = graph.Subtract(graph.Multiply(parts[0], cos), graph.Multiply(parts[1], sin));
        var second = graph.Add(graph.Multiply(parts[1], cos), graph.Multiply(parts[0], sin));
        return graph.Concat(-1, [first, second, .. parts[2..]]);
    }

    static Value Frequencies(Emission emission, RotaryEmbedding rotary, string name) => rotary.Scaling switch
    {
        RotaryScaling.None or RotaryScaling.Linear or RotaryScaling.Llama3 or RotaryScaling.Yarn
            => emission.Made(name, [rotary.Dimensions / 2], _ => [.. rotary.InverseFrequencies(1).Select(f => (float)f)]),
        RotaryScaling.Dynamic dynamic => Growing(emission, rotary, dynamic),
        _ => throw Unsupported.Case(rotary.Scaling),
    };

    // θ^(−2i/d) by logarithms, since θ depends on the sequence's length; in double precision, since an angle is the frequency times the
    // position.
    static Value Growing(Emission emission, RotaryEmbedding rotary, RotaryScaling.Dynamic scaling)
    {
        var graph = emission.Graph;
        double dimensions = rotary.Dimensions;
        var length = graph.Cast(graph.Node("Max", [emission.TotalLength, graph.Integer(scaling.TrainedPositions)]), DType.F64);
        var stretch = graph.Subtract(graph.Multiply(length, graph.Double(scaling.Factor / scaling.TrainedPositions)),
            graph.Double(scaling.Factor - 1));
        var logarithm = graph.Add(
            graph.Multiply(graph.Node("Log", [stretch]), graph.Double(dimensions / (dimensions - 2))), graph.Double(Math.Log(rotary.Base)));
        double[] powers = [.. Enumerable.Range(0, rotary.Dimensions / 2).Select(i => -2 * i / dimensions)];
        var exponents = graph.Initializer($"rotary powers {rotary.Dimensions}", () => MemoryTensor.Of("", [powers.Length], powers));
        return graph.Cast(graph.Node("Exp", [graph.Multiply(logarithm, exponents)]), DType.F32);
    }
}
