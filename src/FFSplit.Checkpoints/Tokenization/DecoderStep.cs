namespace FFSplit.Checkpoints.Tokenization;

/// <summary>How tokens become text again. Each case turns a list of strings into a list of strings; in the end they are joined.</summary>
abstract record DecoderStep
{
    internal sealed record WordPiece(string Prefix, bool CleanUp) : DecoderStep;

    internal sealed record ByteLevel : DecoderStep;

    internal sealed record BytePair(string Suffix) : DecoderStep;

    internal sealed record Replace(TextPattern Pattern, string Content) : DecoderStep;

    internal sealed record ByteFallback : DecoderStep;

    internal sealed record Fuse : DecoderStep;

    /// <summary>Takes up to so many <paramref name="Content"/> characters off the front and the back of each string.</summary>
    internal sealed record Strip(string Content, int Start, int Stop) : DecoderStep;

    internal sealed record Metaspace(string Replacement, PrependScheme Prepend) : DecoderStep;

    internal sealed record Sequence(IReadOnlyList<DecoderStep> Steps) : DecoderStep;
}
