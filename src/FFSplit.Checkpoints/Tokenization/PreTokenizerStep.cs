namespace FFSplit.Checkpoints.Tokenization;

/// <summary>How a normalised text is cut into the pieces that the model sees one by one.</summary>
abstract record PreTokenizerStep
{
    /// <summary>White space goes, every punctuation mark stands alone.</summary>
    internal sealed record Bert : PreTokenizerStep;

    /// <summary>Bytes as visible characters; <paramref name="UseRegex"/> cuts with GPT-2's pattern first.</summary>
    internal sealed record ByteLevel(bool AddPrefixSpace, bool UseRegex) : PreTokenizerStep;

    internal sealed record Split(TextPattern Pattern, SplitBehavior Behavior, bool Invert) : PreTokenizerStep;

    internal sealed record Digits(bool Individual) : PreTokenizerStep;

    internal sealed record Punctuation(SplitBehavior Behavior) : PreTokenizerStep;

    /// <summary>Runs of word characters and runs of what is neither word nor white space.</summary>
    internal sealed record Whitespace : PreTokenizerStep;

    internal sealed record WhitespaceSplit : PreTokenizerStep;

    internal sealed record Metaspace(string Replacement, PrependScheme Prepend, bool SplitWords) : PreTokenizerStep;

    internal sealed record Sequence(IReadOnlyList<PreTokenizerStep> Steps) : PreTokenizerStep;
}

/// <summary>What becomes of the matches of a pattern that splits.</summary>
enum SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous }

/// <summary>Where Metaspace puts its mark in front: nowhere, before the text's first piece, before every piece.</summary>
enum PrependScheme { Never, First, Always }
