using FFSplit.Checkpoints.Batches;
using Microsoft.ML.OnnxRuntime;

namespace FFSplit.Runtime.Sessions;

/// <summary>A batch as the model's inputs; a model that generates gets an empty past.</summary>
sealed class Feeds : IDisposable
{
    readonly List<string> _names = [];
    readonly List<OrtValue> _values = [];

    public Feeds(ModelSession session, Batch batch, CacheShape? cache)
    {
        long[] shape = [batch.Rows, batch.Length];
        Add("input_ids", batch.InputIds, shape);
        Add("attention_mask", batch.AttentionMask, shape);
        if (session.Inputs.Contains("token_type_ids"))
            Add("token_type_ids", batch.TokenTypeIds ?? new long[batch.InputIds.Length], shape);
        foreach (var name in cache?.PastNames ?? [])
            Add(name, Array.Empty<float>(), [batch.Rows, cache!.Heads, 0, cache.HeadSize]);
    }

    public IReadOnlyCollection<string> Names => _names;

    public IReadOnlyCollection<OrtValue> Values => _values;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var value in _values) value.Dispose();
    }

    void Add<T>(string name, T[] data, long[] shape) where T : unmanaged
    {
        _names.Add(name);
        _values.Add(OrtValue.CreateTensorValueFromMemory(data, shape));
    }
}
