using FFSplit.Checkpoints;
using FFSplit.Runtime.Sessions;
using Microsoft.ML.OnnxRuntime;

namespace FFSplit.Runtime.Generation;

/// <summary>Texts of one length being continued: keys and values of the tokens so far go from run to run without being copied.</summary>
public sealed class DecodingRun : IDisposable
{
    static readonly string[] s_ids = ["input_ids", "attention_mask"];

    readonly OnnxModel _model;
    readonly CacheShape _cache;
    readonly int _rows;
    IDisposableReadOnlyCollection<OrtValue>? _last;
    int _length;

    /// <summary>Begins without any token.</summary>
    /// <param name="model">A causal language model; owned by the caller.</param>
    /// <param name="rows">How many texts.</param>
    /// <exception cref="BadInputException">The model is none.</exception>
    public DecodingRun(OnnxModel model, int rows = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        _model = model;
        _rows = rows;
        _cache = model.Cache ?? throw new BadInputException("The model", "a causal language model, which takes keys and values of earlier "
            + "tokens", "another one", "Export a model that was trained to continue text.");
    }

    /// <summary>Logits after the last of some new tokens, (rows × vocabulary).</summary>
    /// <param name="ids">The prompts at first, then usually one token at a time; as many for each text, row after row.</param>
    /// <param name="cancellation">Stops in the middle.</param>
    public float[] Run(IReadOnlyList<int> ids, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var count = ids.Count / _rows;
        if (count == 0 || ids.Count % _rows != 0)
            throw new ArgumentException($"Expected as many tokens for each of {_rows} texts, found {ids.Count}.", nameof(ids));
        var length = _length + count;
        var mask = new long[_rows * length];
        Array.Fill(mask, 1);
        using var input = OrtValue.CreateTensorValueFromMemory(ids.Select(i => (long)i).ToArray(), [_rows, count]);
        using var masked = OrtValue.CreateTensorValueFromMemory(mask, [_rows, length]);
        var empty = new List<OrtValue>();
        try
        {
            if (_last is null)
                foreach (var _ in _cache.PastNames)
                    empty.Add(OrtValue.CreateTensorValueFromMemory(Array.Empty<float>(), [_rows, _cache.Heads, 0, _cache.HeadSize]));
            var results = _model.Session.Run([.. s_ids, .. _cache.PastNames], [input, masked, .. _last is null ? empty : _last.Skip(1)],
                ["logits", .. _cache.PresentNames], cancellation);
            _last?.Dispose();
            _last = results;
            _length = length;
        }
        finally
        {
            foreach (var value in empty) value.Dispose();
        }
        var logits = _last[0].GetTensorDataAsSpan<float>();
        var vocabulary = logits.Length / ids.Count;
        var result = new float[_rows * vocabulary];
        for (var row = 0; row < _rows; row++)
            logits.Slice(((row + 1) * count - 1) * vocabulary, vocabulary).CopyTo(result.AsSpan(row * vocabulary));
        return result;
    }

    /// <inheritdoc/>
    public void Dispose() => _last?.Dispose();
}
