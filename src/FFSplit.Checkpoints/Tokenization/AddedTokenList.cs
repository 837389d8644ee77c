namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Collects added tokens and gives each its id as Hugging Face does (tokenizers, added_vocabulary.rs): that of the
/// vocabulary, else the next free one behind it. A token added again keeps its place and takes over the newer switches.</summary>
sealed class AddedTokenList(Vocabulary vocabulary)
{
    internal List<AddedToken> Tokens { get; } = [];

    internal bool Has(string content) => Tokens.Exists(t => t.Content == content);

    /// <summary>Adds a token, whose own id is not looked at.</summary>
    /// <returns>Its id; null for an empty token, which is left out.</returns>
    internal int? Add(AddedToken token)
    {
        if (token.Content.Length == 0)
            return null;
        var known = Tokens.FindIndex(t => t.Content == token.Content);
        if (known >= 0)
        {
            Tokens[known] = token with { Id = Tokens[known].Id, Special = token.Special || Tokens[known].Special };
            return Tokens[known].Id;
        }
        var next = Tokens.Count == 0 ? vocabulary.Count : Math.Max(vocabulary.Count, Tokens.Max(t => t.Id) + 1);
        var id = vocabulary.IdOf(token.Content) ?? next;
        if (vocabulary.TokenOf(id) is { } other && other != token.Content)
            throw TokenizerErrors.WrongKind($"added token \"{token.Content}\"", $"that its id {id} is free",
                $"\"{other}\" under this id: the vocabulary has gaps");
        Tokens.Add(token with { Id = id });
        return id;
    }
}
