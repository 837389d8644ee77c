namespace FFSplit.Checkpoints.Tokenization;

/// <summary>The vocabulary and the way from a piece to ids.</summary>
abstract record TokenModel(Vocabulary Vocabulary)
{
    /// <summary>Greedy longest match from the left; a piece that cannot be covered, or has more characters than the limit, is
    /// unknown.</summary>
    internal sealed record WordPiece(Vocabulary Vocabulary, string UnknownToken, string ContinuingPrefix, int MaxCharactersPerWord)
        : TokenModel(Vocabulary);

    /// <summary>Byte pair encoding; <paramref name="Merges"/> are pairs of tokens, best first.</summary>
    internal sealed record BytePair(
        Vocabulary Vocabulary,
        IReadOnlyList<(string Left, string Right)> Merges,
        string? UnknownToken,
        string ContinuingPrefix,
        string EndOfWordSuffix,
        bool FuseUnknown,
        bool ByteFallback,
        bool IgnoreMerges) : TokenModel(Vocabulary);
}
