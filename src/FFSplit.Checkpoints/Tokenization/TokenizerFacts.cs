namespace FFSplit.Checkpoints.Tokenization;

/// <summary>What a folder says about its tokenizer besides how text becomes ids.</summary>
sealed record TokenizerFacts(string? PadToken, string? EndOfSequenceToken, int? ModelMaxLength, bool UsesTypeIds, bool CutsFromTheLeft);
