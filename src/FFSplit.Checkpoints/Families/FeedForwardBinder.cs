using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;

namespace FFSplit.Checkpoints.Families;

/// <summary>Binds FFNs: whole ones under the family's names, split ones under the names of <see cref="SplitNames"/>.</summary>
static class FeedForwardBinder
{
    public static FeedForward Dense(
        WeightBinder weights, string block, FeedForwardNames names, Activation activation, int hiddenSize, int intermediateSize, bool? bias)
    {
        var up = weights.Linear(names.Up, intermediateSize, hiddenSize, bias, names.Transposed);
        var gate = names.Gate is null ? null : weights.Linear(names.Gate, intermediateSize, hiddenSize, bias, names.Transposed);
        var down = weights.Linear(names.Down, hiddenSize, intermediateSize, bias, names.Transposed);
        var all = new Neurons(up, gate, down.Weight);
        return new FeedForward
        {
            Activation = activation,
            IntermediateSize = intermediateSize,
            Heavy = all,
            Light = new LightPart.None(),
            OutputBias = down.Bias,
            Dense = all,
            Prefix = weights.StoredName($"{block}.ffn"),
        };
    }

    public static FeedForward Split(
        WeightBinder weights, SplitLayer layer, string block, FeedForwardNames names, Activation activation, int hiddenSize, int intermediateSize)
    {
        var prefix = $"{block}.ffn";
        var light = intermediateSize - layer.Heavy;
        if (light < 0)
            throw new BadInputException($"{prefix}, heavy neurons", $"at most {intermediateSize}, the intermediate size", $"{layer.Heavy}",
                "Split the dense model again.");
        var gated = names.Gate is not null;
        var heavyNeurons = layer.Heavy == 0 ? null : Group(SplitNames.HeavyUp, SplitNames.HeavyGate, SplitNames.HeavyDown, layer.Heavy);
        LightPart lightPart = layer.Light switch
        {
            LightKind.None => new LightPart.None(),
            LightKind.Dense => new LightPart.Dense(Group(SplitNames.LightUp, SplitNames.LightGate, SplitNames.LightDown, light)),
            LightKind.Linear => new LightPart.Linear(Pair(SplitNames.LightMap, hiddenSize, hiddenSize)),
            LightKind.LowRank => new LightPart.LowRank(
                Pair(SplitNames.LightUp, light, hiddenSize),
                gated ? Pair(SplitNames.LightGate, light, hiddenSize) : null,
                Pair(SplitNames.LightDown, hiddenSize, light)),
            _ => throw new ArgumentOutOfRangeException(nameof(layer), layer.Light, "Not a kind of light part."),
        };
        var outputBias = weights.HasBias($"{prefix}.{SplitNames.Down}", null) ? weights.Tensor($"{prefix}.{SplitNames.Down}.bias", hiddenSize) : null;
        return new FeedForward
        {
            Activation = activation,
            IntermediateSize = intermediateSize,
            Heavy = heavyNeurons,
            Light = lightPart,
            OutputBias = outputBias,
            Dense = new Neurons(DenseLinear(names.Up, HasUpBias(heavyNeurons?.Up, (lightPart as LightPart.LowRank)?.Up, (lightPart as LightPart.Dense)?.Neurons.Up)),
                names.Gate is null ? null : DenseLinear(names.Gate,
                    HasUpBias(heavyNeurons?.Gate, (lightPart as LightPart.LowRank)?.Gate, (lightPart as LightPart.Dense)?.Neurons.Gate)),
                new WeightBinding(weights.StoredName($"{names.Down}.weight"), [hiddenSize, intermediateSize], names.Transposed)),
            Prefix = weights.StoredName(prefix),
        };

        // Where no neuron is left to tell, the output bias does: no family has the one without the other.
        bool HasUpBias(Linear? heavy, Factors? factors, Linear? light)
            => (heavy is null && factors is null && light is null ? outputBias : heavy?.Bias ?? factors?.Bias ?? light?.Bias) is not null;

        Linear DenseLinear(string name, bool bias) => new(
            new WeightBinding(weights.StoredName($"{name}.weight"), [intermediateSize, hiddenSize], names.Transposed),
            bias ? new WeightBinding(weights.StoredName($"{name}.bias"), [intermediateSize]) : null);

        Neurons Group(string up, string gate, string down, int count) => new(
            weights.Linear($"{prefix}.{up}", count, hiddenSize),
            gated ? weights.Linear($"{prefix}.{gate}", count, hiddenSize) : null,
            weights.Tensor($"{prefix}.{down}.weight", hiddenSize, count));

        Factors Pair(string name, int output, int input)
        {
            var second = weights.Linear($"{prefix}.{name}{SplitNames.Second}", output, layer.Rank);
            return new Factors(weights.Tensor($"{prefix}.{name}{SplitNames.First}.weight", layer.Rank, input), second.Weight, second.Bias);
        }
    }
}
