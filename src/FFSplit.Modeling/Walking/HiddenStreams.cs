using static TorchSharp.torch;

namespace FFSplit.Modeling.Walking;

/// <summary>The hidden states of many batches between two blocks: in memory, or in a scratch file where they would take too much of it.</summary>
public sealed class HiddenStreams : IDisposable
{
    readonly Tensor?[] _tensors;
    readonly long[] _offsets;
    readonly FileStream? _scratch;

    /// <summary>Room for batches whose hidden states have these shapes.</summary>
    /// <param name="shapes">(rows, length, hidden size) of each batch.</param>
    /// <param name="memoryLimit">Bytes above which a scratch file is used; it is unlinked when disposed of.</param>
    public HiddenStreams(IReadOnlyList<long[]> shapes, long memoryLimit)
    {
        _tensors = new Tensor?[shapes.Count];
        _offsets = new long[shapes.Count];
        Shapes = shapes;
        var total = 0L;
        for (var i = 0; i < shapes.Count; i++)
        {
            _offsets[i] = total;
            total += shapes[i].Aggregate(1L, (product, length) => product * length) * sizeof(float);
        }
        Bytes = total;
        if (total > memoryLimit)
            _scratch = new FileStream(Path.Combine(Path.GetTempPath(), $"ffsplit-streams-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite,
                FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
    }

    /// <summary>Shapes of the batches' hidden states.</summary>
    public IReadOnlyList<long[]> Shapes { get; }

    /// <summary>Bytes of all of them.</summary>
    public long Bytes { get; }

    /// <summary>Whether they lie in a scratch file.</summary>
    public bool OnDisk => _scratch is not null;

    /// <summary>Keeps a batch's hidden states instead of those kept before.</summary>
    public void Store(int batch, Tensor hidden)
    {
        if (_scratch is null)
        {
            _tensors[batch]?.Dispose();
            _tensors[batch] = hidden.contiguous().alias().DetachFromDisposeScope();
            return;
        }
        using var flat = hidden.contiguous();
        _scratch.Position = _offsets[batch];
        _scratch.Write(flat.bytes);
    }

    /// <summary>A batch's hidden states; the caller disposes of the tensor.</summary>
    public Tensor Load(int batch)
    {
        if (_scratch is null) return (_tensors[batch] ?? throw new InvalidOperationException($"Nothing is stored for batch {batch}.")).alias();
        var tensor = empty(Shapes[batch], dtype: ScalarType.Float32);
        _scratch.Position = _offsets[batch];
        _scratch.ReadExactly(tensor.bytes);
        return tensor;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _tensors) tensor?.Dispose();
        _scratch?.Dispose();
    }
}
