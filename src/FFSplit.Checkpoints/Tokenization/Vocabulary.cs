namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Tokens and their ids, both ways.</summary>
sealed class Vocabulary
{
    readonly Dictionary<string, int> ids;
    readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> idsBySpan;
    readonly Dictionary<int, string> tokens;

    /// <summary>Takes the tokens as they are; each id and each token once.</summary>
    /// <param name="entries">Tokens with their ids.</param>
    /// <param name="thing">The file and key, for messages.</param>
    /// <exception cref="BadInputException">Two tokens share an id, a token stands twice, or an id is negative.</exception>
    internal Vocabulary(IEnumerable<KeyValuePair<string, int>> entries, string thing)
    {
        ids = new Dictionary<string, int>(StringComparer.Ordinal);
        tokens = [];
        foreach (var (token, id) in entries)
        {
            if (id < 0)
                throw TokenizerErrors.WrongKind(thing, "ids from 0 on", $"{id} for \"{token}\"");
            if (!ids.TryAdd(token, id))
                throw TokenizerErrors.WrongKind(thing, "each token once", $"\"{token}\" twice");
            if (!tokens.TryAdd(id, token))
                throw TokenizerErrors.WrongKind(thing, "each id once", $"id {id} for \"{tokens[id]}\" and for \"{token}\"");
            LargestId = Math.Max(LargestId, id);
        }
        if (ids.Count == 0)
            throw TokenizerErrors.Missing(thing, "at least one token");
        idsBySpan = ids.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    internal int Count => ids.Count;

    internal int LargestId { get; } = -1;

    internal IEnumerable<KeyValuePair<string, int>> Entries => ids;

    internal int? IdOf(string token) => ids.TryGetValue(token, out var id) ? id : null;

    internal bool TryGetId(ReadOnlySpan<char> token, out int id) => idsBySpan.TryGetValue(token, out id);

    internal string? TokenOf(int id) => tokens.GetValueOrDefault(id);
}
