namespace FFSplit.Checkpoints.Tokenization;

/// <summary>What is put around one text or a pair of texts, and their type ids.</summary>
abstract record PostProcessorStep
{
    /// <summary>Concatenation with type ids 0 and 1; what ByteLevel does too, which only trims offsets.</summary>
    internal sealed record Plain : PostProcessorStep;

    /// <summary>[CLS] A [SEP] with type 0, then B [SEP] with type 1.</summary>
    internal sealed record Bert(int ClassId, int SeparatorId) : PostProcessorStep;

    /// <summary>&lt;s&gt; A &lt;/s&gt;&lt;/s&gt; B &lt;/s&gt;, all of type 0, with and without the special tokens.</summary>
    internal sealed record Roberta(int ClassId, int SeparatorId) : PostProcessorStep;

    internal sealed record Template(IReadOnlyList<TemplatePiece> Single, IReadOnlyList<TemplatePiece> Pair) : PostProcessorStep;
}

/// <summary>A part of a template: one of the two texts (<paramref name="Text"/> is 0 or 1), or the ids of a special token
/// (<paramref name="Text"/> is null).</summary>
sealed record TemplatePiece(int? Text, IReadOnlyList<int> SpecialIds, int TypeId);
