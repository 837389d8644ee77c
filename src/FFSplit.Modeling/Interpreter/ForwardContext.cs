using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling.Weights;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Interpreter;

/// <summary>What all blocks share for one batch: ids, masks, rotary tables, the relative bias. Made once, kept while the batch walks.</summary>
public sealed class ForwardContext : IDisposable
{
    // Finite, so that a row without any visible token gives numbers instead of NaN.
    const float Masked = float.MinValue / 2;

    readonly List<Tensor> _owned = [];
    readonly Dictionary<RotaryEmbedding, (Tensor Cos, Tensor Sin)> _rotary = [];
    readonly Dictionary<int, Tensor> _causalMasks = [];
    readonly Tensor? _bias;

    /// <summary>Prepares a batch.</summary>
    /// <param name="architecture">The model.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="shared">Holds the relative bias table where the model has one.</param>
    /// <exception cref="BadInputException">A token id without an embedding row, or more tokens than positions.</exception>
    public ForwardContext(Architecture architecture, Batch batch, IWeightSource shared)
    {
        Check(architecture, batch);
        Batch = batch;
        using var scope = NewDisposeScope();
        InputIds = Keep(tensor(batch.InputIds, batch.Rows, batch.Length));
        Mask = Keep(tensor(batch.AttentionMask, batch.Rows, batch.Length));
        TokenTypeIds = batch.TokenTypeIds is null ? null : Keep(tensor(batch.TokenTypeIds, batch.Rows, batch.Length));
        // A causal model's real tokens never see padding on the right.
        Tensor? bias = null;
        if (batch.TokenCount < (long)batch.Rows * batch.Length && !(architecture.Causal && PaddedRight(batch)))
            bias = Mask.Times(-1).Plus(1).to(ScalarType.Float32).Times(Masked).view(batch.Rows, 1, 1, batch.Length);
        if (architecture.RelativeBias is { } relative)
        {
            var buckets = tensor(relative.BucketTable(batch.Length), batch.Length, batch.Length);
            var table = Forward.Rows(shared[relative.Table], buckets).permute(2, 0, 1).unsqueeze(0);
            bias = bias is null ? table.contiguous() : table.Plus(bias);
        }
        _bias = bias is null ? null : Keep(bias);
    }

    /// <summary>The batch.</summary>
    public Batch Batch { get; }

    /// <summary>What is dropped; null in inference.</summary>
    public DropoutSource? Dropout { get; init; }

    /// <summary>(rows × length), int64.</summary>
    public Tensor InputIds { get; }

    /// <summary>(rows × length), int64, 1 at real tokens.</summary>
    public Tensor Mask { get; }

    /// <summary>(rows × length), int64; null means zeros.</summary>
    public Tensor? TokenTypeIds { get; }

    /// <summary>What is added to an attention's scores, broadcast to (rows × heads × length × length); null for nothing.</summary>
    /// <param name="attention">Its causality and window.</param>
    /// <param name="kernelMasks">Whether the caller's kernel can do a plain causal mask by itself.</param>
    /// <param name="causalFlag">Whether that is left to it.</param>
    public Tensor? ScoreBias(Attention attention, bool kernelMasks, out bool causalFlag)
    {
        var windowed = attention.Window is { } window && window < Batch.Length;
        causalFlag = kernelMasks && attention.Causal && !windowed && _bias is null;
        if (!attention.Causal && !windowed || causalFlag) return _bias;
        var key = windowed ? attention.Window!.Value : 0;
        if (_causalMasks.TryGetValue(key, out var mask)) return mask;
        using var scope = NewDisposeScope();
        var all = ones(Batch.Length, Batch.Length);
        var hidden = attention.Causal ? all.triu(1) : zeros(Batch.Length, Batch.Length);
        if (windowed) hidden = hidden.Plus(all.tril(-key));
        if (windowed && !attention.Causal) hidden = hidden.Plus(all.triu(key));
        var causal = hidden.Times(Masked).view(1, 1, Batch.Length, Batch.Length);
        return _causalMasks[key] = Keep(_bias is null ? causal : causal.Plus(_bias));
    }

    /// <summary>cos and sin, each (length × rotating dimensions), both halves alike.</summary>
    public (Tensor Cos, Tensor Sin) Rotary(RotaryEmbedding rotary)
    {
        if (_rotary.TryGetValue(rotary, out var tables)) return tables;
        using var scope = NewDisposeScope();
        var frequencies = rotary.InverseFrequencies(Batch.Length);
        var factor = rotary.Scaling.AttentionFactor;
        var (cos, sin) = (new float[Batch.Length * rotary.Dimensions], new float[Batch.Length * rotary.Dimensions]);
        for (var position = 0; position < Batch.Length; position++)
            for (var i = 0; i < rotary.Dimensions; i++)
            {
                // The reference multiplies in float32, and the angle's rounding shows at long distances.
                var angle = position * (float)frequencies[i % frequencies.Length];
                cos[position * rotary.Dimensions + i] = (float)(Math.Cos(angle) * factor);
                sin[position * rotary.Dimensions + i] = (float)(Math.Sin(angle) * factor);
            }
        return _rotary[rotary] = (Keep(tensor(cos, Batch.Length, rotary.Dimensions)), Keep(tensor(sin, Batch.Length, rotary.Dimensions)));
    }

    /// <summary>The token of each row that a classifier reads, from (rows × length × width) to (rows × width).</summary>
    /// <param name="hidden">Hidden states.</param>
    /// <param name="token">Which token.</param>
    /// <param name="padId">An id that is not read, for <see cref="ClassifiedToken.LastReal"/>; null for none.</param>
    public Tensor Pick(Tensor hidden, ClassifiedToken token, int? padId)
    {
        if (token == ClassifiedToken.First) return hidden.select(1, 0);
        var read = padId is { } pad ? Mask * InputIds.Differs(pad).to(ScalarType.Int64) : Mask;
        // The largest column that is read; 0 where a row has none.
        var last = (read * SafeArithmetic.Range(Batch.Length)).amax(1).view(Batch.Rows, 1, 1).expand(Batch.Rows, 1, hidden.shape[2]);
        return hidden.gather(1, last).squeeze(1);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _owned) tensor.Dispose();
        _owned.Clear();
    }

    Tensor Keep(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }

    static bool PaddedRight(Batch batch)
    {
        for (var i = 0; i < batch.AttentionMask.Length; i++)
            if (i % batch.Length > 0 && batch.AttentionMask[i] > batch.AttentionMask[i - 1]) return false;
        return true;
    }

    static void Check(Architecture architecture, Batch batch)
    {
        // Rotary positions go on beyond the trained ones; a table ends.
        if (architecture.Embeddings.Positions is not null && batch.Length > architecture.MaximumLength)
            throw new BadInputException("The batch", $"at most {architecture.MaximumLength} tokens a text, the model's positions", $"{batch.Length}",
                "Give a smaller --max-length or --context.");
        foreach (var id in batch.InputIds)
            if (id < 0 || id >= architecture.VocabularyRows)
                throw new BadInputException($"Token id {id}", $"an id below {architecture.VocabularyRows}, the rows of the token table", $"{id}",
                    "The tokenizer does not belong to these weights; use a folder whose files belong together.");
        if (batch.TokenTypeIds is { } types && architecture.Embeddings.TokenTypes is { } table)
            foreach (var type in types)
                if (type < 0 || type >= table.Shape[0])
                    throw new BadInputException($"Token type id {type}", $"an id below {table.Shape[0]}, the rows of the type table", $"{type}",
                        "The model was not made for pairs of texts; give single texts.");
    }
}
