using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Evaluation.Samples;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training;

/// <summary>
/// A model's weights during training: float32 masters, some of which are trained, and products in the chosen precision. The copies in that
/// precision are made once a step and belong to autograd's graph, so that gradients reach the masters.
/// </summary>
public sealed class TrainableWeights : IWeightSource, IDisposable
{
    // Transformers' initializer_range, where a config does not say.
    const double DefaultSpread = 0.02;

    readonly Dictionary<WeightBinding, Tensor> _masters = [];
    readonly Dictionary<WeightBinding, Tensor> _copies = [];
    Tensor? _lastInput, _lastCast;

    /// <summary>Loads all weights of a checkpoint, which may be closed afterwards.</summary>
    /// <param name="checkpoint">Dense or split, perhaps with a new head.</param>
    /// <param name="compute">Precision of products, float32 or bfloat16.</param>
    /// <param name="trained">Which weights are trained; empty for a teacher.</param>
    /// <param name="seed">Of a new head: matrices are normal with the config's <c>initializer_range</c>, biases zero.</param>
    /// <param name="cancellation">Stops the loading.</param>
    public TrainableWeights(Checkpoint checkpoint, ScalarType compute, IReadOnlyCollection<WeightBinding> trained, int seed = 0,
        CancellationToken cancellation = default)
    {
        Compute = compute;
        var parameters = new List<Parameter>();
        try
        {
            var made = checkpoint.MadeTensors.ToHashSet(StringComparer.Ordinal);
            var random = new SeededRandom(Seeds.Of(seed, Seeds.Head));
            var spread = checkpoint.Config.Number("initializer_range", DefaultSpread);
            foreach (var binding in checkpoint.Architecture.Bindings)
            {
                cancellation.ThrowIfCancellationRequested();
                var value = TorchWeights.Load(checkpoint.Tensor(binding), binding);
                value.DetachFromDisposeScope();
                _masters.Add(binding, value);
                if (made.Contains(binding.Name) && binding.Shape.Count > 1) Fill(value, random, spread);
                if (!trained.Contains(binding)) continue;
                value.requires_grad = true;
                parameters.Add(new Parameter(binding, value, binding.Shape.Count > 1));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        Parameters = parameters;
    }

    /// <summary>The precision of products.</summary>
    public ScalarType Compute { get; }

    /// <summary>The trained weights, in the architecture's order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public Tensor this[WeightBinding binding] => _masters.TryGetValue(binding, out var tensor) ? tensor
        : throw new InvalidOperationException($"The weight '{binding.Name}' is not loaded.");

    /// <inheritdoc/>
    public Tensor Product(Tensor x, WeightBinding weight, WeightBinding? bias = null)
        => nn.functional.linear(Cast(x), Copy(weight), bias is null ? null : Copy(bias));

    /// <summary>Says that masters have changed, or that gradients were taken: copies are made anew.</summary>
    public void Changed()
    {
        foreach (var copy in _copies.Values) copy.Dispose();
        _copies.Clear();
        (_lastInput, _lastCast) = (null, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Changed();
        foreach (var tensor in _masters.Values)
        {
            // A wrapper of its own stands for the gradient.
            if (tensor.requires_grad) tensor.grad = null;
            tensor.Dispose();
        }
        _masters.Clear();
    }

    // Query, key and value read one input after the other.
    Tensor Cast(Tensor x)
    {
        if (x.dtype == Compute) return x;
        if (!ReferenceEquals(x, _lastInput) || _lastCast is null || _lastCast.IsInvalid) (_lastInput, _lastCast) = (x, x.to(Compute));
        return _lastCast;
    }

    Tensor Copy(WeightBinding binding)
    {
        var master = this[binding];
        if (Compute == ScalarType.Float32) return master;
        // What validation casts carries no gradient and must not be kept for training, nor the other way round: Changed lies between.
        if (!_copies.TryGetValue(binding, out var copy)) _copies.Add(binding, copy = master.to(Compute).DetachFromDisposeScope());
        return copy;
    }

    // Box and Muller's pairs of normal numbers.
    static void Fill(Tensor tensor, SeededRandom random, double spread)
    {
        var values = new float[tensor.numel()];
        for (var i = 0; i < values.Length; i += 2)
        {
            var radius = spread * Math.Sqrt(-2 * Math.Log(1 - Uniform()));
            var angle = 2 * Math.PI * Uniform();
            values[i] = (float)(radius * Math.Cos(angle));
            if (i + 1 < values.Length) values[i + 1] = (float)(radius * Math.Sin(angle));
        }
        values.AsSpan().CopyTo(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(tensor.bytes));

        double Uniform() => (random.NextBits() >> 11) * (1.0 / (1UL << 53));
    }
}
