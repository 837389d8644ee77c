using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Compression.Splitting;

/// <summary>Makes a block's tensors when a writer first asks for one of them, and keeps them until it asks for another block's.</summary>
/// <remarks>Writers go through tensors in the order of names, so each block is made once in an ordinary file.</remarks>
sealed class BlockCache(int blocks, Func<int, IReadOnlyDictionary<string, MemoryTensor>> make, IProgress<ProgressReport>? progress,
    CancellationToken cancellation)
{
    readonly HashSet<int> _made = [];
    int _current = -1;
    IReadOnlyDictionary<string, MemoryTensor>? _tensors;

    /// <summary>One tensor of a block, not made yet.</summary>
    public TensorData Defer(int block, string name, DType type, IReadOnlyList<long> shape)
        => new DeferredTensor(name, type, shape, () => Get(block)[name]);

    IReadOnlyDictionary<string, MemoryTensor> Get(int block)
    {
        cancellation.ThrowIfCancellationRequested();
        if (_current == block) return _tensors!;
        _tensors = make(block);
        _current = block;
        if (_made.Add(block)) progress?.Report(new ProgressReport("blocks", _made.Count, blocks));
        return _tensors;
    }

    sealed class DeferredTensor(string name, DType type, IReadOnlyList<long> shape, Func<TensorData> made) : TensorData(name, type, shape)
    {
        public override void ReadBytes(long offset, Span<byte> destination) => made().ReadBytes(offset, destination);
    }
}
