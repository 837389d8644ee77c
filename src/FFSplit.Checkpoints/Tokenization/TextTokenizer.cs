namespace FFSplit.Checkpoints.Tokenization;

/// <summary>Loads the tokenizer of a Hugging Face folder.</summary>
public static class TextTokenizer
{
    /// <summary>Whether a folder has a tokenizer's files.</summary>
    public static bool IsIn(string folder)
        => Array.Exists(["tokenizer.json", "vocab.txt", "vocab.json"], name => File.Exists(Path.Combine(folder, name)));

    /// <summary>
    /// Where tokenizer.json exists it decides how text becomes ids; otherwise vocab.txt, or vocab.json and merges.txt, with what
    /// tokenizer_config.json, special_tokens_map.json and added_tokens.json say.
    /// </summary>
    /// <param name="folder">The folder of the model.</param>
    /// <returns>A tokenizer that several threads may use at once.</returns>
    /// <exception cref="BadInputException">The folder has no tokenizer, a file is damaged, or a part is not supported; the message
    /// names the file and the key.</exception>
    public static ITextTokenizer Load(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var tokenizerJson = Path.Combine(folder, "tokenizer.json");
        if (!IsIn(folder))
            throw TokenizerErrors.Missing(folder, "a tokenizer (tokenizer.json, vocab.txt, or vocab.json with merges.txt)");
        var config = TokenizerConfig.Read(folder);
        var className = LegacyFiles.ClassName(config, folder);
        var description = File.Exists(tokenizerJson)
            ? TokenizerJson.Read(tokenizerJson)
            : LegacyFiles.Read(folder, className, config);
        return new DescribedTokenizer(description, Facts(config, className));
    }

    /// <summary>Where the folder is silent the class says what padding and end are; no class, no answer.</summary>
    static TokenizerFacts Facts(TokenizerConfig config, string className)
    {
        var (pad, end) = config.Class is null && className != "BertTokenizer" ? (null, null) : className switch
        {
            "BertTokenizer" or "DistilBertTokenizer" or "ElectraTokenizer" => ("[PAD]", null),
            "MPNetTokenizer" or "RobertaTokenizer" => ("<pad>", "</s>"),
            "GPT2Tokenizer" => (null, "<|endoftext|>"),
            _ => ((string?)null, (string?)null),
        };
        return new TokenizerFacts(
            config.Named("pad_token", pad is null ? null : TokenizerConfig.Special(pad))?.Content,
            config.Named("eos_token", end is null ? null : TokenizerConfig.Special(end))?.Content,
            config.ModelMaxLength,
            config.InputNames?.Contains("token_type_ids") ?? className is "BertTokenizer" or "ElectraTokenizer",
            config.CutsFromTheLeft);
    }
}
