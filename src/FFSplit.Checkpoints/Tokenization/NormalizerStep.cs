using System.Text;

namespace FFSplit.Checkpoints.Tokenization;

/// <summary>What happens to a text (between added tokens) before it is split; the cases are those of tokenizer.json.</summary>
abstract record NormalizerStep
{
    /// <summary>BERT's cleaning; each switch on its own, in this order.</summary>
    internal sealed record Bert(bool CleanText, bool SpaceAroundIdeographs, bool DropAccents, bool ToLower) : NormalizerStep;

    internal sealed record Unicode(NormalizationForm Form) : NormalizerStep;

    internal sealed record Lowercase : NormalizerStep;

    /// <summary>Drops every combining mark without decomposing first.</summary>
    internal sealed record StripAccents : NormalizerStep;

    internal sealed record Strip(bool Left, bool Right) : NormalizerStep;

    internal sealed record Prepend(string Text) : NormalizerStep;

    internal sealed record Replace(TextPattern Pattern, string Content) : NormalizerStep;

    /// <summary>Each byte of the UTF-8 form becomes a visible character.</summary>
    internal sealed record ByteLevel : NormalizerStep;

    internal sealed record Sequence(IReadOnlyList<NormalizerStep> Steps) : NormalizerStep;
}
