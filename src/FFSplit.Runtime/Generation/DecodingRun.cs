using FFSplit.Runtime.Sessions;
using Microsoft.ML.OnnxRuntime;

namespace FFSplit.Runtime.Generation;

/// <summary>One text being continued: keys and values of the tokens so far go from each run to the next without being copied.</summary>
sealed class DecodingRun(OnnxModel model) : IDisposable
{
    static readonly string[] s_ids = ["input_ids", "attention_mask"];

    readonly CacheShape _cache = model.Cache!;
    IDisposableReadOnlyCollection<OrtValue>? _last;
    int _length;

    /// <summary>Logits after the last of some new tokens.</summary>
    /// <param name="ids">The prompt at first, then one token at a time.</param>
    /// <param name="cancellation">Stops in the middle.</param>
    public float[] Run(IReadOnlyList<int> ids, CancellationToken cancellation)
    {
        _length += ids.Count;
        var mask = new long[_length];
        Array.Fill(mask, 1);
        using var input = OrtValue.CreateTensorValueFromMemory(ids.Select(i => (long)i).ToArray(), [1, ids.Count]);
        using var masked = OrtValue.CreateTensorValueFromMemory(mask, [1, _length]);
        var empty = new List<OrtValue>();
        try
        {
            if (_last is null)
                foreach (var _ in _cache.PastNames)
                    empty.Add(OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [1, _cache.Heads, 0, _cache.HeadSize]));
            var results = model.Session.Run([.. s_ids, .. _cache.PastNames], [input, masked, .. _last is null ? empty : _last.Skip(1)],
                ["logits", .. _cache.PresentNames], cancellation);
            _last?.Dispose();
            _last = results;
        }
        finally
        {
            foreach (var value in empty) value.Dispose();
        }
        var logits = _last[0].GetTensorDataAsSpan<float>();
        return logits[^(logits.Length / ids.Count)..].ToArray();
    }

    /// <inheritdoc/>
    public void Dispose() => _last?.Dispose();
}
