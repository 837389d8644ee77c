namespace FFSplit.Checkpoints.Sentences;

/// <summary>What a sentence encoder's folder wants done to a text before it is tokenised, in the order in which sentence-transformers
/// does it: the prompt in front, white space off both ends, small letters.</summary>
/// <param name="Prompt">The chosen prompt of config_sentence_transformers.json; empty for none.</param>
/// <param name="LowerCase">do_lower_case of sentence_bert_config.json.</param>
public sealed record TextPreparation(string Prompt = "", bool LowerCase = false)
{
    /// <summary>What a folder's modules want; null for a folder without them.</summary>
    public static TextPreparation? Of(SentencePooling? pooling) => pooling is null ? null : new TextPreparation(pooling.Prompt, pooling.LowerCase);

    /// <summary>The text as the tokenizer should get it.</summary>
    public string Apply(string text)
    {
        var prepared = string.Concat(Prompt, text).Trim();
#pragma warning disable CA1308 // Small letters are what the models were trained on.
        return LowerCase ? prepared.ToLowerInvariant() : prepared;
#pragma warning restore CA1308
    }
}
