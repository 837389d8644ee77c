using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Tokenization;

public class TokenizerRefusalTests
{
    const string WordPiece = """{"type": "WordPiece", "unk_token": "[UNK]", "vocab": {"[UNK]": 0, "a": 1, "##b": 2}}""";

    const string BytePair = """{"type": "BPE", "dropout": null, "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}""";

    [Theory]
    [InlineData("\"model\": {\"type\": \"Unigram\", \"unk_id\": 0, \"vocab\": [[\"a\", 0.0]]}", "model.type", "Unigram")]
    [InlineData("\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\": 0}, \"unk_token\": \"a\"}", "model.type", "WordLevel")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [], \"dropout\": 0.1}", "model.dropout", "0.1")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [], \"sampling\": 1}", "model", "sampling")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [\"a z\"]}", "merge 0", "\"z\"")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 1}, \"merges\": [[\"a\", \"b\"]]}", "merge 0", "\"ab\"")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 1}, \"merges\": [[\"a\"]]}", "merges[0]", "[\"a\"]")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}, \"merges\": [], \"unk_token\": \"<unk>\"}", "unk_token", "<unk>")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"merges\": []}", "model.vocab", "nothing")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0}}", "model.merges", "nothing")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {}, \"merges\": []}", "model.vocab", "nothing")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"b\": 0}, \"merges\": []}", "model.vocab", "id 0")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": 0, \"a\": 1}, \"merges\": []}", "model.vocab", "\"a\" twice")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": -1}, \"merges\": []}", "model.vocab", "-1")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"a\": \"0\"}, \"merges\": []}", "model.vocab", "\"0\"")]
    [InlineData("\"model\": {\"type\": \"BPE\", \"vocab\": {\"\\ud800\": 0}, \"merges\": []}", "model.vocab", "surrogate")]
    [InlineData("\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": 0}, \"unk_token\": \"[UNK]\"}", "model.unk_token", "[UNK]")]
    [InlineData("\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": 0}, \"unk_token\": \"a\", \"max_input_chars_per_word\": 2000000000}", "max_input_chars_per_word", "2000000000")]
    [InlineData("\"model\": {\"type\": \"WordPiece\", \"vocab\": {\"a\": 0, \"a\\nb\": 1}, \"unk_token\": \"a\"}", "model.vocab", "a\nb")]
    [InlineData("\"model\": [1]", "model", "[1]")]
    [InlineData("\"version\": \"2.0\", \"model\": BPE", "version", "2.0")]
    [InlineData("\"model\": BPE, \"surprise\": 7", "tokenizer.json", "surprise")]
    [InlineData("\"model\": BPE, \"normalizer\": {\"type\": \"Precompiled\", \"precompiled_charsmap\": \"AA==\"}", "normalizer.type", "Precompiled")]
    [InlineData("\"model\": BPE, \"normalizer\": {\"type\": \"Sequence\", \"normalizers\": [{\"type\": \"Nmt\"}]}", "normalizers[0].type", "Nmt")]
    [InlineData("\"model\": BPE, \"normalizer\": {\"type\": \"NFC\", \"strength\": 2}", "normalizer", "strength")]
    [InlineData("\"model\": BPE, \"pre_tokenizer\": {\"type\": \"UnicodeScripts\"}", "pre_tokenizer.type", "UnicodeScripts")]
    [InlineData("\"model\": BPE, \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"\\\\p{Han}+\"}, \"behavior\": \"Isolated\", \"invert\": false}", "pattern.Regex", "Han")]
    [InlineData("\"model\": BPE, \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"a\\\\b\"}, \"behavior\": \"Isolated\", \"invert\": false}", "pattern.Regex", "\\b")]
    [InlineData("\"model\": BPE, \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\": \"(a\"}, \"behavior\": \"Isolated\", \"invert\": false}", "pattern.Regex", "(a")]
    [InlineData("\"model\": BPE, \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"String\": \"a\"}, \"behavior\": \"Shuffled\", \"invert\": false}", "behavior", "Shuffled")]
    [InlineData("\"model\": BPE, \"pre_tokenizer\": {\"type\": \"ByteLevel\", \"add_prefix_space\": 1}", "add_prefix_space", "1")]
    [InlineData("\"model\": BPE, \"post_processor\": {\"type\": \"Magic\"}", "post_processor.type", "Magic")]
    [InlineData("\"model\": BPE, \"post_processor\": {\"type\": \"TemplateProcessing\", \"single\": [{\"SpecialToken\": {\"id\": \"<s>\", \"type_id\": 0}}], \"pair\": [], \"special_tokens\": {}}", "SpecialToken.id", "<s>")]
    [InlineData("\"model\": BPE, \"post_processor\": {\"type\": \"RobertaProcessing\", \"sep\": [\"</s>\"], \"cls\": [\"<s>\", 0]}", "sep", "1 elements")]
    [InlineData("\"model\": BPE, \"decoder\": {\"type\": \"CTC\"}", "decoder.type", "CTC")]
    [InlineData("\"model\": BPE, \"added_tokens\": [{\"id\": 7, \"content\": \"<x>\", \"special\": true}]", "added_tokens[0].id", "7")]
    [InlineData("\"model\": BPE, \"added_tokens\": [{\"id\": 3, \"content\": \"<x>\", \"bold\": true}]", "added_tokens[0]", "bold")]
    [InlineData("\"model\": BPE, \"added_tokens\": 3", "added_tokens", "3")]
    public void Unusable_parts_of_tokenizer_json_are_named(string parts, string thing, string found)
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", $"{{{parts.Replace("\"model\": BPE", "\"model\": " + BytePair, StringComparison.Ordinal)}}}");
        AssertRefused(folder, thing, found);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("<html>")]
    [InlineData("{\"model\": {\"type\": \"BPE\"}} trailing")]
    [InlineData("[]")]
    public void A_tokenizer_json_that_is_no_JSON_object_is_named(string text)
    {
        using var folder = new TokenizerFolder();
        AssertRefused(folder.Write("tokenizer.json", text), "tokenizer.json", "");
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_named()
    {
        using var folder = new TokenizerFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.json"), [.. "{\"model\": \""u8, 0xFF, .. "\"}"u8]);
        AssertRefused(folder, "tokenizer.json", "");
        File.Delete(Path.Combine(folder.Path, "tokenizer.json"));
        File.WriteAllBytes(Path.Combine(folder.Path, "vocab.txt"), [.. "[UNK]\n"u8, 0xFF]);
        AssertRefused(folder, "vocab.txt", "other bytes");
    }

    [Fact]
    public void A_folder_without_any_tokenizer_says_what_was_looked_for()
    {
        using var folder = new TokenizerFolder();
        AssertRefused(folder, folder.Path, "nothing");
    }

    [Fact]
    public void A_missing_merges_txt_is_named()
    {
        using var folder = new TokenizerFolder();
        AssertRefused(folder.Write("vocab.json", "{\"a\": 0}"), "merges.txt", "nothing");
    }

    [Theory]
    [InlineData("a b c", "merges.txt", "a b c")]
    [InlineData("a z", "merges.txt · merge 0", "\"z\"")]
    public void A_merges_txt_that_does_not_fit_is_named(string line, string thing, string found)
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.json", "{\"a\": 0, \"b\": 1, \"ab\": 2}").Write("merges.txt", $"#version: 0.2\n{line}\n");
        AssertRefused(folder, thing, found);
    }

    [Theory]
    [InlineData("{\"tokenizer_class\": \"T5Tokenizer\"}", "tokenizer class", "T5Tokenizer")]
    [InlineData("{\"tokenizer_class\": \"PreTrainedTokenizerFast\"}", "tokenizer class", "PreTrainedTokenizer")]
    [InlineData("{\"do_lower_case\": \"yes\"}", "do_lower_case", "yes")]
    [InlineData("{\"cls_token\": 3}", "cls_token", "3")]
    [InlineData("{\"cls_token\": null}", "cls_token", "nothing")]
    [InlineData("{\"added_tokens_decoder\": {\"one\": {\"content\": \"x\"}}}", "added_tokens_decoder", "one")]
    [InlineData("{\"model_max_length\": \"long\"}", "model_max_length", "long")]
    [InlineData("{\"truncation_side\": \"middle\"}", "truncation_side", "middle")]
    [InlineData("{\"split_special_tokens\": true}", "split_special_tokens", "true")]
    [InlineData("{", "tokenizer_config.json", "")]
    public void Unusable_settings_of_the_older_files_are_named(string config, string thing, string found)
    {
        using var folder = new TokenizerFolder();
        AssertRefused(folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n").Write("tokenizer_config.json", config), thing, found);
    }

    [Fact]
    public void A_vocab_txt_without_the_unknown_token_is_named()
    {
        using var folder = new TokenizerFolder();
        AssertRefused(folder.Write("vocab.txt", "a\nb\n"), "vocab.txt", "none");
    }

    [Fact]
    public void The_class_of_an_unknown_model_type_is_not_guessed()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", "[UNK]\n").Write("config.json", "{\"model_type\": \"xlnet\"}");
        AssertRefused(folder, "tokenizer class", "xlnet");
    }

    [Fact]
    public void Special_tokens_that_alone_exceed_the_length_are_a_usage_error()
    {
        using var folder = new TokenizerFolder();
        folder.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n");
        var tokenizer = TextTokenizer.Load(folder.Path);
        Assert.Equal([2, 3], tokenizer.Encode("a", maxLength: 2).Ids);
        Assert.Throws<BadUsageException>(() => tokenizer.Encode("a", maxLength: 1));
        Assert.Throws<BadUsageException>(() => tokenizer.Encode("a", "a", maxLength: 2));
        Assert.Equal([5], tokenizer.Encode("a", maxLength: 1, addSpecialTokens: false).Ids);
    }

    [Fact]
    public void A_well_formed_tokenizer_json_is_taken_with_its_truncation_and_padding_passed_over()
    {
        using var folder = new TokenizerFolder();
        folder.Write("tokenizer.json", $$"""{"truncation": {"max_length": 1}, "padding": {"pad_id": 0}, "model": {{WordPiece}}}""");
        Assert.Equal([1, 2], TextTokenizer.Load(folder.Path).Encode("ab").Ids);
    }

    static void AssertRefused(TokenizerFolder folder, string thing, string found)
    {
        var error = Assert.Throws<BadInputException>(() => TextTokenizer.Load(folder.Path));
        Assert.Contains(thing, error.Thing, StringComparison.Ordinal);
        Assert.Contains(found, error.Found + error.Expected, StringComparison.Ordinal);
    }
}
