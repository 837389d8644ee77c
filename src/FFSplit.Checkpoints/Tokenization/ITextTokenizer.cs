namespace FFSplit.Checkpoints.Tokenization;

/// <summary>A text or a pair of texts as token ids.</summary>
/// <param name="Ids">Token ids, special tokens included where asked for.</param>
/// <param name="TypeIds">0 for the first text and its special tokens, 1 for the second; as the post-processor says.</param>
public sealed record TokenizedText(int[] Ids, int[] TypeIds);

/// <summary>Turns text into the ids that Hugging Face's own tokenizer gives for the same folder, and back.</summary>
public interface ITextTokenizer
{
    /// <summary>One more than the largest id.</summary>
    int VocabularySize { get; }

    /// <summary>The id that fills padding; null where the folder names none.</summary>
    int? PadId { get; }

    /// <summary>The end-of-sequence id; null where the folder names none.</summary>
    int? EndOfSequenceId { get; }

    /// <summary>model_max_length of tokenizer_config.json; null where absent or a stand-in for "no limit" (above 10^9).</summary>
    int? ModelMaxLength { get; }

    /// <summary>Whether model_input_names or the class says that the model takes token_type_ids.</summary>
    bool UsesTypeIds { get; }

    /// <summary>Encodes a text or a pair; cuts to <paramref name="maxLength"/> ids (special tokens included) by shortening the longest
    /// first.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">The second text; null or empty for none.</param>
    /// <param name="maxLength">Null cuts nothing.</param>
    /// <param name="addSpecialTokens">Whether the post-processor's special tokens are added.</param>
    /// <exception cref="BadUsageException">The special tokens alone are more than <paramref name="maxLength"/>.</exception>
    TokenizedText Encode(string text, string? pair = null, int? maxLength = null, bool addSpecialTokens = true);

    /// <summary>The text of some ids, as Hugging Face decodes them with clean_up_tokenization_spaces=False.</summary>
    string Decode(IReadOnlyList<int> ids, bool skipSpecialTokens = false);
}
