using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Splits;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.LowRank;
using FFSplit.Compression.Plans;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Splitting;

/// <summary>Makes one FFN's split tensors from its dense ones; no calibration, no repair.</summary>
static class LayerSplitter
{
    /// <summary>Computes the tensors.</summary>
    /// <param name="checkpoint">The dense model.</param>
    /// <param name="ffn">One of its FFNs.</param>
    /// <param name="plan">That FFN's part of the plan.</param>
    /// <param name="type">Element type to round to.</param>
    /// <param name="intercept">Whether to make an output bias of zeros where the model has none.</param>
    /// <returns>The tensors by name, and the relative errors ‖W − AB‖² / ‖W‖² of the factored matrices.</returns>
    public static SplitTensors Split(Checkpoint checkpoint, FeedForward ffn, LayerPlan plan, DType type, bool intercept = false)
    {
        using var guard = inference_mode();
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, MemoryTensor>(StringComparer.Ordinal);
        var errors = new Dictionary<string, double>(StringComparer.Ordinal);
        var heavy = tensor(plan.Heavy.Select(i => (long)i).ToArray());
        var light = tensor(Enumerable.Range(0, ffn.IntermediateSize).Except(plan.Heavy).Select(i => (long)i).ToArray());

        Inner(ffn.Dense.Up, SplitNames.HeavyUp, SplitNames.LightUp);
        if (ffn.Dense.Gate is { } gate) Inner(gate, SplitNames.HeavyGate, SplitNames.LightGate);
        var down = Load(ffn.Dense.Down);
        if (plan.Heavy.Count > 0) Add($"{SplitNames.HeavyDown}.weight", down.index_select(1, heavy));
        Light(SplitNames.LightDown, () => down.index_select(1, light));
        if (ffn.OutputBias is { } bias) Add($"{SplitNames.Down}.bias", Load(bias));
        else if (intercept) Add($"{SplitNames.Down}.bias", zeros(ffn.HiddenSize));
        // Nothing but a fit can say what the map should be.
        if (plan.Kind == LightKind.Linear)
        {
            Add($"{SplitNames.LightMap}{SplitNames.First}.weight", zeros(plan.Rank, ffn.HiddenSize));
            Add($"{SplitNames.LightMap}{SplitNames.Second}.weight", zeros(ffn.HiddenSize, plan.Rank));
        }
        return new SplitTensors(tensors, errors);

        void Inner(Linear linear, string heavyName, string lightName)
        {
            var weight = Load(linear.Weight);
            var bias = linear.Bias is null ? null : Load(linear.Bias);
            if (plan.Heavy.Count > 0)
            {
                Add($"{heavyName}.weight", weight.index_select(0, heavy));
                if (bias is not null) Add($"{heavyName}.bias", bias.index_select(0, heavy));
            }
            Light(lightName, () => weight.index_select(0, light));
            if (bias is null) return;
            if (plan.Kind == LightKind.LowRank) Add($"{lightName}{SplitNames.Second}.bias", bias.index_select(0, light));
            if (plan.Kind == LightKind.Dense) Add($"{lightName}.bias", bias.index_select(0, light));
        }

        void Light(string name, Func<Tensor> matrix)
        {
            switch (plan.Kind)
            {
                case LightKind.None or LightKind.Linear:
                    return;
                case LightKind.Dense:
                    Add($"{name}.weight", matrix());
                    return;
                case LightKind.LowRank:
                    var (first, second, error) = TruncatedSvd.Factor(matrix(), plan.Rank);
                    Add($"{name}{SplitNames.First}.weight", first);
                    Add($"{name}{SplitNames.Second}.weight", second);
                    errors[name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]] = error;
                    return;
                default:
                    throw new ArgumentOutOfRangeException(nameof(plan), plan.Kind, "Not a kind of light part.");
            }
        }

        Tensor Load(WeightBinding binding) => TorchWeights.Load(checkpoint.Tensor(binding), binding);

        void Add(string name, Tensor values)
        {
            var full = $"{ffn.Prefix}.{name}";
            tensors.Add(full, TensorBridge.FromTorch(full, values, type));
        }
    }
}

/// <summary>One FFN's split tensors.</summary>
/// <param name="Tensors">By name.</param>
/// <param name="Errors">Relative errors ‖W − AB‖² / ‖W‖² of factored matrices: up, gate, down.</param>
sealed record SplitTensors(IReadOnlyDictionary<string, MemoryTensor> Tensors, IReadOnlyDictionary<string, double> Errors);
