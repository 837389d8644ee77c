using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Evaluation;

/// <summary>A word between white space is a token. Ids are given in order of first sight, from 10; 1 and 2 stand around a text.</summary>
sealed class WordTokenizer : ITextTokenizer
{
    readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);

    public int Encoded { get; private set; }
    public int VocabularySize => 10 + _ids.Count;
    public int? PadId { get; init; } = 3;
    public int? EndOfSequenceId => 2;
    public int? ModelMaxLength => null;

    /// <summary>Whether a hyphen ends a token too.</summary>
    public bool CutsAtHyphens { get; init; }

    public bool UsesTypeIds { get; init; } = true;

    public TokenizedText Encode(string text, string? pair = null, int? maxLength = null, bool addSpecialTokens = true)
    {
        Encoded++;
        var first = Words(text);
        var second = pair is null ? [] : Words(pair);
        if (!addSpecialTokens) return new TokenizedText([.. first, .. second], [.. first.Select(_ => 0), .. second.Select(_ => 1)]);
        var special = pair is null ? 2 : 3;
        while (first.Count + second.Count + special > maxLength)
            (second.Count > first.Count ? second : first).RemoveAt((second.Count > first.Count ? second : first).Count - 1);
        int[] ids = pair is null ? [1, .. first, 2] : [1, .. first, 2, .. second, 2];
        return new TokenizedText(ids, [.. ids.Select((_, i) => i < first.Count + 2 ? 0 : 1)]);
    }

    public string Decode(IReadOnlyList<int> ids, bool skipSpecialTokens = false) => string.Join(' ', ids);

    List<int> Words(string text)
    {
        var ids = new List<int>();
        foreach (var word in (CutsAtHyphens ? text.Replace('-', ' ') : text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!_ids.TryGetValue(word, out var id)) _ids.Add(word, id = 10 + _ids.Count);
            ids.Add(id);
        }
        return ids;
    }
}
