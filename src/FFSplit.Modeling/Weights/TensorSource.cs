using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Weights;

/// <summary>Weights by name from tensors that are not in a checkpoint (yet), over those that are.</summary>
public sealed class TensorSource : IWeightSource, IDisposable
{
    readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    readonly IWeightSource? _rest;

    /// <summary>Loads tensors that lie as the forward pass uses them.</summary>
    /// <param name="tensors">By name.</param>
    /// <param name="rest">Asked for what is not among them; not owned.</param>
    public TensorSource(IEnumerable<TensorData> tensors, IWeightSource? rest = null)
    {
        _rest = rest;
        foreach (var tensor in tensors) _tensors.Add(tensor.Name, TensorBridge.ToTorch(tensor, ScalarType.Float32).DetachFromDisposeScope());
    }

    /// <inheritdoc/>
    public Tensor this[WeightBinding binding] => _tensors.TryGetValue(binding.Name, out var tensor) ? tensor
        : _rest?[binding] ?? throw new InvalidOperationException($"The weight '{binding.Name}' is not loaded.");

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors.Values) tensor.Dispose();
        _tensors.Clear();
    }
}
