using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Weights;

/// <summary>The weights that a forward pass asks for, by binding.</summary>
public interface IWeightSource
{
    /// <summary>A float32 tensor in the forward's orientation; owned by the source.</summary>
    Tensor this[WeightBinding binding] { get; }

    /// <summary>x Wᵀ + b: the one place where products with weights are made. Training does them in another precision here.</summary>
    /// <param name="x">(… × in).</param>
    /// <param name="weight">(out × in).</param>
    /// <param name="bias">(out), or null.</param>
    Tensor Product(Tensor x, WeightBinding weight, WeightBinding? bias = null) => nn.functional.linear(x, this[weight], bias is null ? null : this[bias]);
}

/// <summary>Some of a checkpoint's weights in memory, float32, in the forward's orientation.</summary>
public sealed class TorchWeights : IWeightSource, IDisposable
{
    readonly Dictionary<WeightBinding, Tensor> _tensors = [];

    /// <summary>Loads the given weights of a checkpoint.</summary>
    public TorchWeights(Checkpoint checkpoint, IEnumerable<WeightBinding> bindings, CancellationToken cancellation = default)
    {
        try
        {
            foreach (var binding in bindings)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!_tensors.ContainsKey(binding)) _tensors.Add(binding, Load(checkpoint.Tensor(binding), binding));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Tensor this[WeightBinding binding] => _tensors.TryGetValue(binding, out var tensor) ? tensor
        : throw new InvalidOperationException($"The weight '{binding.Name}' is not loaded.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values) tensor.Dispose();
        _tensors.Clear();
    }

    /// <summary>Reads one stored tensor as the forward pass uses it, converted to <paramref name="type"/>.</summary>
    public static Tensor Load(TensorData data, WeightBinding binding, ScalarType type = ScalarType.Float32)
    {
        using var scope = NewDisposeScope();
        var tensor = TensorBridge.ToTorch(data, type);
        if (binding.Transposed) tensor = tensor.t();
        if (binding.Part is { } part)
        {
            var width = binding.Shape[0] / part.Groups;
            long[] rest = [.. tensor.shape.Skip(1)];
            tensor = tensor.reshape([part.Groups, part.Count, width, .. rest]).select(1, part.Index).reshape([part.Groups * width, .. rest]);
        }
        return tensor.contiguous().MoveToOuterDisposeScope();
    }
}
