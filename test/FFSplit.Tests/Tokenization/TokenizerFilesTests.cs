using System.Text.Json;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Tokenization;

/// <summary>tokenizer.json made from the older files: read back it gives the reference's ids.</summary>
public class TokenizerFilesTests
{
    public static TheoryData<string> Folders => [.. TokenizerFolders.GoldenNames()];

    [Theory, MemberData(nameof(Folders))]
    public void What_is_written_gives_the_ids_of_the_reference(string name)
    {
        var source = TokenizerFolders.Golden(name);
        if (File.Exists(Path.Combine(source, "tokenizer.json")) && !File.Exists(Path.Combine(source, "vocab.txt")))
            Assert.Skip("has no older files");
        using var older = new TokenizerFolder();
        using var written = new TokenizerFolder();
        foreach (var file in Directory.EnumerateFiles(source).Where(f => Path.GetFileName(f) is not "tokenizer.json"))
            File.Copy(file, Path.Combine(older.Path, Path.GetFileName(file)));
        TokenizerFiles.WriteMissing(older.Path, written.Path);
        foreach (var file in new[] { "tokenizer_config.json",
            "special_tokens_map.json" }.Where(f => File.Exists(Path.Combine(older.Path, f))))
            File.Copy(Path.Combine(older.Path, file), Path.Combine(written.Path, file));
        Assert.True(File.Exists(Path.Combine(written.Path, "tokenizer_config.json")));

        var (expected, actual) = (TextTokenizer.Load(older.Path), TextTokenizer.Load(written.Path));
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(source, "expected.json")));
        var fromOlderFiles = !File.Exists(Path.Combine(source, "tokenizer.json"));
        foreach (var item in golden.RootElement.GetProperty("single").EnumerateArray())
        {
            var text = item.GetProperty("text").GetString()!;
            if (fromOlderFiles) Assert.Equal(item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()), actual.Encode(text).Ids);
            Assert.Equal(expected.Encode(text).Ids, actual.Encode(text).Ids);
            var (pair, other) = (expected.Encode(text, "and another", 24), actual.Encode(text, "and another", 24));
            Assert.Equal(pair.Ids, other.Ids);
            Assert.Equal(pair.TypeIds, other.TypeIds);
            Assert.Equal(expected.Decode(pair.Ids), actual.Decode(pair.Ids));
        }
        Assert.Equal((expected.VocabularySize, expected.UsesTypeIds), (actual.VocabularySize, actual.UsesTypeIds));
    }

    [Theory]
    [InlineData("RobertaTokenizer", """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "Ġ": 5, "Ġa": 6, "<mask>": 7}""",
        new[] { 0, 4, 6, 2 })]
    [InlineData("GPT2Tokenizer", """{"<|endoftext|>": 0, "a": 1, "Ġ": 2, "Ġa": 3}""", new[] { 1, 3 })]
    public void Both_byte_level_classes_are_written(string className, string vocabulary, int[] ids)
    {
        using var older = new TokenizerFolder();
        using var written = new TokenizerFolder();
        older.Write("vocab.json", vocabulary).Write("merges.txt", "#version: 0.2\nĠ a\n").Write("config.json",
            $$"""{"tokenizer_class": "{{className}}"}""");
        TokenizerFiles.WriteMissing(older.Path, written.Path);
        var tokenizer = TextTokenizer.Load(written.Path);
        Assert.Equal(ids, tokenizer.Encode("a a").Ids);
        Assert.Equal(TextTokenizer.Load(older.Path).Encode("a", "a", 9).Ids, tokenizer.Encode("a", "a", 9).Ids);
        Assert.Contains(className, File.ReadAllText(Path.Combine(written.Path, "tokenizer_config.json")), StringComparison.Ordinal);
    }

    [Fact]
    public void Added_tokens_keep_ids_and_switches()
    {
        using var older = new TokenizerFolder();
        using var written = new TokenizerFolder();
        older.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n").Write("tokenizer_config.json",
            """{"added_tokens_decoder": {"7": {"content": "[right]", "rstrip": true}, "6": {"content": "[word]", "single_word": true, "lstrip": true}}}""");
        TokenizerFiles.WriteMissing(older.Path, written.Path);
        var tokenizer = TextTokenizer.Load(written.Path);
        Assert.Equal([5, 6, 7, 5], tokenizer.Encode("a  [word] [right]  a", addSpecialTokens: false).Ids);
        Assert.Equal(TextTokenizer.Load(older.Path).Encode("a[word]a").Ids, tokenizer.Encode("a[word]a").Ids);
    }

    [Fact]
    public void Added_tokens_take_the_white_space_along_that_they_took_before()
    {
        using var older = new TokenizerFolder();
        using var written = new TokenizerFolder();
        older.Write("vocab.json", """{"<|endoftext|>": 0, "a": 1, "Ġ": 2, "Ġa": 3}""").Write("merges.txt", "#version: 0.2\nĠ a\n")
            .Write("tokenizer_config.json", """
                {"tokenizer_class": "GPT2Tokenizer",
                 "added_tokens_decoder": {"4": {"content": "<l>", "lstrip": true}, "5": {"content": "<r>", "rstrip": true}}}
                """);
        TokenizerFiles.WriteMissing(older.Path, written.Path);
        Assert.Equal([1, 4, 3, 2, 5, 1], TextTokenizer.Load(written.Path).Encode("a <l> a <r> a").Ids);
    }

    [Fact]
    public void A_folder_without_a_tokenizer_stays_without()
    {
        using var older = new TokenizerFolder();
        using var written = new TokenizerFolder();
        TokenizerFiles.WriteMissing(older.Path, written.Path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(written.Path));
    }
}
