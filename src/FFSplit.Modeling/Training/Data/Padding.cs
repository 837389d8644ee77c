using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Modeling.Training.Data;

/// <summary>Texts as rows of one batch, in the order given.</summary>
/// <param name="PadId">The id at padding; null where the tokenizer names none.</param>
/// <param name="WithTypeIds">Whether the model takes token type ids.</param>
public sealed record Padding(int? PadId, bool WithTypeIds)
{
    /// <summary>Pads to the longest.</summary>
    public Batch Pack(IReadOnlyList<TokenizedText> texts)
    {
        var length = texts.Max(t => t.Ids.Length);
        var (ids, mask) = (new long[texts.Count * length], new long[texts.Count * length]);
        var types = WithTypeIds ? new long[ids.Length] : null;
        Array.Fill(ids, PadId ?? 0);
        for (var row = 0; row < texts.Count; row++)
            for (var t = 0; t < texts[row].Ids.Length; t++)
            {
                var cell = row * length + t;
                ids[cell] = texts[row].Ids[t];
                mask[cell] = 1;
                if (types is not null) types[cell] = texts[row].TypeIds[t];
            }
        return new Batch(texts.Count, length, ids, mask, types);
    }
}
