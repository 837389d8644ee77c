using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;
using FFSplit.Compression.Plans;

namespace FFSplit.Compression.Splitting;

/// <summary>The FFN record that a plan makes of a dense one: names and shapes of docs/format.md, nothing computed.</summary>
static class SplitFeedForward
{
    /// <param name="dense">The dense FFN.</param>
    /// <param name="plan">That layer's part of the plan.</param>
    /// <param name="intercept">Whether the split has an output bias where the dense FFN has none (repair fits one).</param>
    public static FeedForward Of(FeedForward dense, LayerPlan plan, bool intercept = false)
    {
        int d = dense.HiddenSize, heavy = plan.Heavy.Count, light = dense.IntermediateSize - heavy;
        return dense with
        {
            Heavy = heavy == 0 ? null : Group(SplitNames.HeavyUp, SplitNames.HeavyGate, SplitNames.HeavyDown, heavy),
            Light = plan.Kind switch
            {
                LightKind.None => new LightPart.None(),
                LightKind.Dense => new LightPart.Dense(Group(SplitNames.LightUp, SplitNames.LightGate, SplitNames.LightDown, light)),
                LightKind.Linear => new LightPart.Linear(Pair(SplitNames.LightMap, d, d, bias: false)),
                LightKind.LowRank => new LightPart.LowRank(
                    Pair(SplitNames.LightUp, light, d, dense.Dense.Up.Bias is not null),
                    dense.Dense.Gate is { } gate ? Pair(SplitNames.LightGate, light, d, gate.Bias is not null) : null,
                    Pair(SplitNames.LightDown, d, light, bias: false)),
                _ => throw new ArgumentOutOfRangeException(nameof(plan), plan.Kind, "Not a kind of light part."),
            },
            OutputBias = dense.OutputBias is null && !intercept ? null : Bind($"{SplitNames.Down}.bias", d),
        };

        WeightBinding Bind(string name, params int[] shape) => new($"{dense.Prefix}.{name}", shape);

        Neurons Group(string up, string gate, string down, int count) => new(
            Inner(up, count, dense.Dense.Up.Bias is not null),
            dense.Dense.Gate is { } g ? Inner(gate, count, g.Bias is not null) : null,
            Bind($"{down}.weight", d, count));

        Linear Inner(string name, int count, bool bias) => new(Bind($"{name}.weight", count, d), bias ? Bind($"{name}.bias", count) : null);

        Factors Pair(string name, int output, int input, bool bias) => new(
            Bind($"{name}{SplitNames.First}.weight", plan.Rank, input),
            Bind($"{name}{SplitNames.Second}.weight", output, plan.Rank),
            bias ? Bind($"{name}{SplitNames.Second}.bias", output) : null);
    }
}
