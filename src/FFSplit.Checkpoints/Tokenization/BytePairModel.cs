using System.Collections.Concurrent;
using System.Globalization;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Byte pair encoding with everything that Hugging Face's model has, which Microsoft.ML.Tokenizers has not: byte fallback to
/// tokens like &lt;0xE2&gt;, <c>ignore_merges</c>, unknown tokens fused or not, and characters without a token left out.</summary>
sealed class BytePairModel : PieceModel
{
    /// <summary>Longer pieces are rarely seen twice; this is the reference's limit, too.</summary>
    const int LongestCachedPiece = 256;

    const int LargestCache = 200_000;

    readonly TokenModel.BytePair model;
    readonly Vocabulary vocabulary;
    readonly Dictionary<long, (int Rank, int Id)> merges;
    readonly int?[]? byteIds;
    readonly int? unknownId;
    readonly ConcurrentDictionary<string, int[]> cache = new(StringComparer.Ordinal);
    int cached;

    internal BytePairModel(TokenModel.BytePair model)
    {
        this.model = model;
        vocabulary = model.Vocabulary;
        unknownId = model.UnknownToken is null ? null : vocabulary.IdOf(model.UnknownToken);
        merges = new Dictionary<long, (int, int)>(model.Merges.Count);
        for (var rank = 0; rank < model.Merges.Count; rank++)
        {
            var (left, right) = model.Merges[rank];
            var merged = left + right[model.ContinuingPrefix.Length..];
            merges[Pair(vocabulary.IdOf(left)!.Value, vocabulary.IdOf(right)!.Value)] = (rank, vocabulary.IdOf(merged)!.Value);
        }
        if (model.ByteFallback)
            byteIds = [.. Enumerable.Range(0, 256).Select(b => vocabulary.IdOf($"<0x{b.ToString("X2", CultureInfo.InvariantCulture)}>"))];
    }

    internal override void Encode(string piece, List<int> ids)
    {
        if (model.IgnoreMerges && vocabulary.IdOf(piece) is { } whole)
        {
            ids.Add(whole);
            return;
        }
        if (cache.TryGetValue(piece, out var known))
        {
            ids.AddRange(known);
            return;
        }
        var symbols = Symbols(piece);
        var count = new Merger(symbols, merges).Run();
        ids.AddRange(symbols.AsSpan(0, count));
        if (piece.Length < LongestCachedPiece && Volatile.Read(ref cached) < LargestCache && cache.TryAdd(piece, symbols[..count]))
            Interlocked.Increment(ref cached);
    }

    static long Pair(int left, int right) => (long)left << 32 | (uint)right;

    /// <summary>One id for each character, or for each of its bytes, or the unknown token, or none.</summary>
    int[] Symbols(string piece)
    {
        var result = new List<int>(piece.Length);
        var inUnknown = false;
        Span<byte> utf8 = stackalloc byte[4];
        for (var at = 0; at < piece.Length;)
        {
            var length = char.IsHighSurrogate(piece[at]) && at + 1 < piece.Length ? 2 : 1;
            var character = piece.AsSpan(at, length);
            var found = model.ContinuingPrefix.Length == 0 && model.EndOfWordSuffix.Length == 0
                ? vocabulary.TryGetId(character, out var id)
                : vocabulary.TryGetId(Decorate(character, at == 0, at + length == piece.Length), out id);
            at += length;
            if (found)
            {
                inUnknown = false;
                result.Add(id);
            }
            else if (!TryBytes(character, utf8, result) && unknownId is { } unknown)
            {
                if (!inUnknown || !model.FuseUnknown)
                    result.Add(unknown);
                inUnknown = true;
            }
        }
        return [.. result];
    }

    string Decorate(ReadOnlySpan<char> character, bool isFirst, bool isLast)
        => string.Concat(isFirst ? "" : model.ContinuingPrefix, character, isLast ? model.EndOfWordSuffix : "");

    bool TryBytes(ReadOnlySpan<char> character, Span<byte> utf8, List<int> result)
    {
        if (byteIds is null)
            return false;
        var count = System.Text.Encoding.UTF8.GetBytes(character, utf8);
        foreach (var b in utf8[..count])
            if (byteIds[b] is null)
                return false;
        foreach (var b in utf8[..count])
            result.Add(byteIds[b]!.Value);
        return true;
    }

    /// <summary>Merges neighbours in place, the best rank first and of equal ones the leftmost.</summary>
    ref struct Merger(int[] symbols, Dictionary<long, (int Rank, int Id)> merges)
    {
        readonly int[] previous = new int[symbols.Length];
        readonly int[] next = new int[symbols.Length];
        readonly PriorityQueue<(int Place, int Id), long> queue = new();

        /// <summary>How many symbols remain; they are moved to the front.</summary>
        internal readonly int Run()
        {
            if (symbols.Length < 2)
                return symbols.Length;
            for (var i = 0; i < symbols.Length; i++)
                (previous[i], next[i]) = (i - 1, i + 1 < symbols.Length ? i + 1 : -1);
            for (var i = 0; i + 1 < symbols.Length; i++)
                Offer(i);
            while (queue.TryDequeue(out var best, out _))
            {
                var (place, id) = best;
                // an entry may have expired: its place merged into the left one, or its right neighbour changed
                if (symbols[place] < 0 || next[place] < 0
                    || !merges.TryGetValue(Pair(symbols[place], symbols[next[place]]), out var merge) || merge.Id != id)
                    continue;
                var right = next[place];
                symbols[place] = id;
                symbols[right] = -1;
                next[place] = next[right];
                if (next[place] >= 0)
                    previous[next[place]] = place;
                if (previous[place] >= 0)
                    Offer(previous[place]);
                Offer(place);
            }
            var count = 0;
            for (var i = 0; i >= 0; i = next[i])
                symbols[count++] = symbols[i];
            return count;
        }

        readonly void Offer(int place)
        {
            if (next[place] >= 0 && merges.TryGetValue(Pair(symbols[place], symbols[next[place]]), out var merge))
                queue.Enqueue((place, merge.Id), (long)merge.Rank << 32 | (uint)place);
        }
    }
}
