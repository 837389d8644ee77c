using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;

namespace FFSplit.Compression.Splitting;

/// <summary>Computes a block's split tensors when the writer first asks for one and keeps them until it asks for another block's.</summary>
sealed class LayerCache(Checkpoint checkpoint, CompressionPlan plan, DType? type, IProgress<ProgressReport>? progress, CancellationToken cancellation)
{
    readonly IReadOnlyDictionary<string, double>?[] _errors = new IReadOnlyDictionary<string, double>?[plan.Layers.Count];
    int _current = -1;
    SplitTensors? _tensors;

    public DType TypeOf(Block block) => type ?? checkpoint.Tensor(block.FeedForward.Dense.Up.Weight).Type;

    public IReadOnlyDictionary<string, MemoryTensor> Get(Block block)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_current == block.Index) return _tensors!.Tensors;
        _tensors = LayerSplitter.Split(checkpoint, block.FeedForward, plan.Layers[block.Index], TypeOf(block));
        _current = block.Index;
        _errors[block.Index] = _tensors.Errors;
        progress?.Report(new ProgressReport("blocks", _errors.Count(e => e is not null), plan.Layers.Count));
        return _tensors.Tensors;
    }

    /// <summary>Relative errors of the factored matrices of a block that has been computed; empty where the block wrote no tensor.</summary>
    public IReadOnlyDictionary<string, double> Errors(Block block) => _errors[block.Index] ?? new Dictionary<string, double>();
}
