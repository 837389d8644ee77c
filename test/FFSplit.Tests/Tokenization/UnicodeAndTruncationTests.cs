using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Tokenization;

/// <summary>Figures from Hugging Face's tokenizers 0.23.1.</summary>
public class UnicodeAndTruncationTests
{
    /// <summary>BERT's normaliser and pre-tokenizer as far as a vocabulary shows them: one token for each piece expected.</summary>
    [Theory]
    [InlineData("a\u0301", new[] { "a" })]
    [InlineData("a\u1ABF", new[] { "a\u1ABF" })] // a mark newer than the reference's tables stays
    [InlineData("a\u08E2b", new[] { "a\u08E2b" })] // so does a format character
    [InlineData("a\u200Bb", new[] { "ab" })]
    [InlineData("a\u2E52b", new[] { "a\u2E52b" })] // and punctuation does not split
    [InlineData("a\u2E14b", new[] { "a", "\u2E14", "b" })]
    [InlineData("\u1C89\uA7CB", new[] { "\u1C8A\u0264" })] // letters whose lower case .NET does not know
    [InlineData("İ", new[] { "i" })]
    [InlineData("a\uFFFEé", new[] { "a\uFFFEe" })] // .NET refuses to normalise U+FFFE
    [InlineData("a\U00011938\u0301b", new[] { "a\U00011938b" })] // has a decomposition since Unicode 13
    [InlineData("\U0002B820\U0002B920a", new[] { "\U0002B820", "\U0002B920", "a" })]
    public void Berts_cleaning_follows_the_references_tables(string text, string[] pieces)
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n" + string.Concat(pieces.Distinct().Select(piece => piece + "\n")));
        var ids = TextTokenizer.Load(folder.Path).Encode(text, addSpecialTokens: false).Ids;
        Assert.Equal(pieces.Select(piece => 5 + Array.IndexOf(pieces.Distinct().ToArray(), piece)), ids);
    }

    [Theory]
    [InlineData("abcd", "ef", 6, new[] { 0, 1, 2, 3, 4, 5 })]
    [InlineData("abcd", "ef", 5, new[] { 0, 1, 2, 4, 5 })]
    [InlineData("ef", "abcd", 5, new[] { 4, 5, 0, 1, 2 })]
    [InlineData("abcd", "efgh", 4, new[] { 0, 1, 4, 5 })]
    [InlineData("abcd", "efgh", 5, new[] { 0, 1, 4, 5, 6 })]
    [InlineData("abcde", "fgh", 5, new[] { 0, 1, 2, 5, 6 })]
    [InlineData("a", "efgh", 1, new[] { 4 })]
    [InlineData("abcd", "efgh", 0, new int[0])]
    [InlineData("a b* cd", "e f gh", 3, new[] { 0, 1, 4 })] // counts at the first piece, not added token, that reaches 3: 5 and 4
    [InlineData("a b* cd", null, 2, new[] { 0, 1 })]
    [InlineData("abcd", "", 3, new[] { 0, 1, 2 })]
    public void Pairs_are_cut_longest_first(string a, string? b, int max, int[] ids)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", """
            {"added_tokens": [{"id": 8, "content": "*"}], "pre_tokenizer": {"type": "WhitespaceSplit"},
             "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4, "f": 5, "g": 6, "h": 7}, "merges": []}}
            """);
        Assert.Equal(ids, TextTokenizer.Load(folder.Path).Encode(a, b, max).Ids);
    }
}
