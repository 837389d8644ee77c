using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Compression.Quantization;

/// <summary>A block's weights with some of its tensors replaced by other ones in the file's orientation.</summary>
/// <param name="replaced">By the tensor's name.</param>
/// <param name="rest">All others.</param>
sealed class QuantizedWeights(IReadOnlyDictionary<string, TensorData> replaced, IWeightSource rest) : IWeightSource, IDisposable
{
    readonly Dictionary<WeightBinding, Tensor> _loaded = [];

    public Tensor this[WeightBinding binding]
    {
        get
        {
            if (!replaced.TryGetValue(binding.Name, out var tensor)) return rest[binding];
            if (!_loaded.TryGetValue(binding, out var loaded))
                _loaded.Add(binding, loaded = TorchWeights.Load(tensor, binding).DetachFromDisposeScope());
            return loaded;
        }
    }

    public void Dispose()
    {
        foreach (var tensor in _loaded.Values) tensor.Dispose();
    }
}
