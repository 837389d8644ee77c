namespace FFSplit.Checkpoints.Tokenization;

/// <summary>A whole tokenizer as data, read from tokenizer.json or made from the older files; one interpreter runs it.</summary>
sealed record TokenizerDescription(
    NormalizerStep? Normalizer,
    PreTokenizerStep? PreTokenizer,
    TokenModel Model,
    PostProcessorStep PostProcessor,
    DecoderStep? Decoder,
    IReadOnlyList<AddedToken> AddedTokens);
