namespace FFSplit.Runtime.Texts;

/// <summary>What went into a call.</summary>
/// <param name="Tokens">Real tokens, special ones included.</param>
/// <param name="TextsCut">Texts that were longer than the model takes.</param>
public readonly record struct TextUsage(long Tokens, int TextsCut);
