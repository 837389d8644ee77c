using System.Text.Json;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Tokenization;

/// <summary>Folders without tokenizer.json.</summary>
public class OlderFilesTests
{
    const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nÉ\né\ne\n中\n##a\n";

    const string Bytes = """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "Ġ": 6, "Ġa": 7, "<mask>": 8}""";

    [Theory]
    [InlineData("all-MiniLM-L6-v2")]
    [InlineData("all-mpnet-base-v2")]
    public void Vocab_txt_and_tokenizer_json_agree_on_hard_text(string model)
    {
        var source = TokenizerFolders.SharedFolder(Path.Combine("models", model));
        using var older = new TokenizerFolder();
        foreach (var name in (string[])["vocab.txt", "tokenizer_config.json", "special_tokens_map.json"])
            File.Copy(Path.Combine(source, name), Path.Combine(older.Path, name));
        var (expected, actual) = (TextTokenizer.Load(source), TextTokenizer.Load(older.Path));
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(TokenizerFolders.Golden("bert-uncased"), "expected.json")));
        // <unk> is an added token of mpnet's tokenizer.json only: the older files don't speak of it
        string[] texts = [.. golden.RootElement.GetProperty("single").EnumerateArray()
            .Select(item => item.GetProperty("text").GetString()!.Replace("<unk>", "", StringComparison.Ordinal))];
        Assert.NotEmpty(texts);
        foreach (var text in texts.Append("a <mask> b [MASK] c"))
        {
            Assert.Equal(expected.Encode(text).Ids, actual.Encode(text).Ids);
            var (pair, other) = (expected.Encode(text, texts[5], 20), actual.Encode(text, texts[5], 20));
            Assert.Equal(pair.Ids, other.Ids);
            if (expected.UsesTypeIds)
                Assert.Equal(pair.TypeIds, other.TypeIds);
            Assert.Equal(expected.Decode(pair.Ids), actual.Decode(pair.Ids));
        }
        Assert.Equal(expected.VocabularySize, actual.VocabularySize);
        Assert.Equal(expected.PadId, actual.PadId);
        Assert.Equal(512, actual.ModelMaxLength);
    }

    [Theory]
    [InlineData("{}", new[] { 2, 9, 10, 3 })]
    [InlineData("""{"do_lower_case": false}""", new[] { 2, 7, 10, 3 })]
    [InlineData("""{"strip_accents": false}""", new[] { 2, 8, 10, 3 })]
    [InlineData("""{"do_lower_case": false, "strip_accents": true}""", new[] { 2, 1, 10, 3 })]
    [InlineData("""{"strip_accents": false, "tokenize_chinese_chars": false}""", new[] { 2, 1, 3 })]
    public void Berts_switches_are_followed(string config, int[] ids)
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", Vocabulary).Write("tokenizer_config.json", config);
        Assert.Equal(ids, TextTokenizer.Load(folder.Path).Encode("É中").Ids);
    }

    [Theory]
    [InlineData("BertTokenizer", true)]
    [InlineData("BertTokenizerFast", true)]
    [InlineData("ElectraTokenizer", true)]
    [InlineData("DistilBertTokenizerFast", false)]
    public void Only_classes_whose_models_take_them_use_type_ids(string name, bool uses)
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", Vocabulary).Write("tokenizer_config.json", $$"""{"tokenizer_class": "{{name}}"}""");
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal(uses, tokenizer.UsesTypeIds);
        Assert.Equal(0, tokenizer.PadId);
        Assert.Null(tokenizer.ModelMaxLength);
        Assert.Equal([0, 0, 0, 1, 1], tokenizer.Encode("a", "b").TypeIds);
    }

    [Fact]
    public void Config_json_names_the_class_where_the_tokenizers_config_does_not()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.json", Bytes).Write("merges.txt", "#version: 0.2\nĠ a\n").Write("config.json", """{"model_type": "ffsplit-roberta"}""");
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal([0, 4, 2, 2, 7, 2], tokenizer.Encode("a", " a").Ids);
        Assert.Equal((1, 2), (tokenizer.PadId, tokenizer.EndOfSequenceId));
        Assert.False(tokenizer.UsesTypeIds);
    }

    [Theory]
    [InlineData("""{"tokenizer_class": "GPT2Tokenizer"}""", new[] { 4 })]
    [InlineData("""{"tokenizer_class": "GPT2Tokenizer", "bos_token": "<s>", "add_bos_token": true}""", new[] { 0, 4 })]
    [InlineData("""{"tokenizer_class": "GPT2Tokenizer", "eos_token": "</s>", "add_eos_token": true, "add_prefix_space": true}""", new[] { 7, 2 })]
    public void Gpt2s_switches_are_followed(string config, int[] ids)
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.json", Bytes).Write("merges.txt", "#version: 0.2\nĠ a\n").Write("tokenizer_config.json", config);
        Assert.Equal(ids, TextTokenizer.Load(folder.Path).Encode("a").Ids);
    }

    [Fact]
    public void Added_tokens_come_from_the_decoder_or_else_from_their_own_file()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", Vocabulary).Write("added_tokens.json", """{"[new]": 12}""")
            .Write("special_tokens_map.json", """{"mask_token": {"content": "[MASK]", "lstrip": true}, "additional_special_tokens": ["[new]"]}""");
        Assert.Equal([5, 4, 12], TextTokenizer.Load(folder.Path).Encode("a   [MASK][new]", addSpecialTokens: false).Ids);
        folder.Write("tokenizer_config.json", """{"added_tokens_decoder": {"12": {"content": "[other]", "rstrip": true, "special": false}}}""");
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal([12, 5], tokenizer.Encode("[other]   a", addSpecialTokens: false).Ids);
        Assert.Equal("[other] a", tokenizer.Decode([12, 5], skipSpecialTokens: true));
        Assert.Equal(13, tokenizer.VocabularySize);
    }

    [Fact]
    public void Truncation_side_left_keeps_the_end()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", Vocabulary).Write("tokenizer_config.json", """{"truncation_side": "left"}""");
        Assert.Equal([2, 6, 9, 3], TextTokenizer.Load(folder.Path).Encode("a a b e", maxLength: 4).Ids);
    }

    [Fact]
    public void A_length_above_ten_to_the_nine_is_no_limit()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", Vocabulary).Write("tokenizer_config.json", """{"model_max_length": 1000000000000000019884624838656}""");
        Assert.Null(TextTokenizer.Load(folder.Path).ModelMaxLength);
    }

    [Fact]
    public void Lone_surrogates_become_replacement_characters()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", Vocabulary);
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal(tokenizer.Encode("a\uFFFDb").Ids, tokenizer.Encode("a\uD800b").Ids);
    }
}
