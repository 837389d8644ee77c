using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Sentences;

namespace FFSplit.Tests.Sentences;

/// <summary>modules.json and the files that it names.</summary>
public sealed class SentencePoolingTest : IDisposable
{
    const string Transformer = """{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}""";
    const string Pooling = """{"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"}""";
    const string Normalize = """{"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"}""";

    readonly TemporaryFolder _folder = new();

    public SentencePoolingTest() => Directory.CreateDirectory(_folder.File("1_Pooling"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_folder_without_modules_has_no_sentence_vectors() => Assert.Null(SentencePooling.Load(_folder.Path, 4));

    [Theory]
    [InlineData("""{"word_embedding_dimension": 4, "pooling_mode_cls_token": false, "pooling_mode_mean_tokens": true, "pooling_mode_mean_sqrt_len_tokens": false}""", PoolingMode.Mean)]
    [InlineData("""{"word_embedding_dimension": 4, "pooling_mode_cls_token": true}""", PoolingMode.Cls)]
    [InlineData("""{"pooling_mode_max_tokens": true}""", PoolingMode.Max)]
    [InlineData("""{"embedding_dimension": 4, "pooling_mode": "mean", "include_prompt": true}""", PoolingMode.Mean)]
    [InlineData("""{"pooling_mode": "cls"}""", PoolingMode.Cls)]
    [InlineData("""{"pooling_mode": ["mean", "cls"]}""", PoolingMode.Cls, PoolingMode.Mean)]
    [InlineData("""{"pooling_mode_mean_tokens": true, "pooling_mode_max_tokens": true, "pooling_mode_cls_token": true}""", PoolingMode.Cls, PoolingMode.Max, PoolingMode.Mean)]
    public void Modes_are_read_in_both_spellings(string pooling, params PoolingMode[] modes)
    {
        var read = Load(pooling, Transformer, Pooling);
        Assert.Equal(modes, read.Modes);
        Assert.False(read.Normalize);
    }

    [Fact]
    public void Normalisation_and_the_sentence_settings_are_read()
    {
        _folder.Write("sentence_bert_config.json", """{"max_seq_length": 128, "do_lower_case": true}""");
        var read = Load("""{"pooling_mode_mean_tokens": true}""", Transformer, Pooling, Normalize);
        Assert.True(read.Normalize && read.LowerCase);
        Assert.Equal(128, read.MaxLength);
    }

    [Theory]
    [InlineData("sentence_bert_config.json", """{"max_seq_length": null, "do_lower_case": false}""", null)]
    [InlineData("sentence_bert_config.json", "{}", null)]
    [InlineData("sentence_roberta_config.json", """{"max_seq_length": 75}""", 75)]
    [InlineData("sentence_distilbert_config.json", """{"max_seq_length": 75}""", 75)]
    public void The_length_may_be_unsaid_or_stand_in_a_file_of_an_older_name(string file, string text, int? length)
    {
        _folder.Write(file, text);
        Assert.Equal(length, Load("""{"pooling_mode_mean_tokens": true}""", Transformer, Pooling).MaxLength);
    }

    [Theory]
    [InlineData("""{"prompts": {"query": "Q: "}, "default_prompt_name": null}""", "")]
    [InlineData("""{"prompts": {"query": "Q: ", "passage": "P: "}, "default_prompt_name": "query"}""", "Q: ")]
    [InlineData("""{"__version__": {"sentence_transformers": "2.0.0"}}""", "")]
    public void The_default_prompt_is_read(string file, string prompt)
    {
        _folder.Write("config_sentence_transformers.json", file);
        Assert.Equal(prompt, Load("""{"pooling_mode_mean_tokens": true}""", Transformer, Pooling).Prompt);
    }

    [Theory]
    [InlineData("""{"pooling_mode_mean_sqrt_len_tokens": true}""", "pooling_mode_mean_sqrt_len_tokens")]
    [InlineData("""{"pooling_mode_weightedmean_tokens": true}""", "pooling_mode_weightedmean_tokens")]
    [InlineData("""{"pooling_mode": "lasttoken"}""", "lasttoken")]
    [InlineData("""{"pooling_mode_cls_token": false}""", "none")]
    [InlineData("""{"pooling_mode_cls_token": true, "word_embedding_dimension": 5}""", "word_embedding_dimension")]
    [InlineData("""{"pooling_mode_cls_token": true, "word_embedding_dimension": "4"}""", "word_embedding_dimension")]
    [InlineData("[]", "an object")]
    public void Other_poolings_are_refused_by_name(string pooling, string word) => IsRefused(word, () => Load(pooling, Transformer, Pooling));

    [Theory]
    [InlineData("sentence_transformers.models.Dense")]
    [InlineData("sentence_transformers.models.LSTM")]
    [InlineData("sentence_transformers.models.BoW")]
    [InlineData("sentence_transformers.models.LayerNorm")]
    public void Other_modules_are_refused_by_name(string type)
        => IsRefused(type, () => Load("""{"pooling_mode_mean_tokens": true}""", Transformer, Pooling, $$"""{"path": "2_X", "type": "{{type}}"}"""));

    [Fact]
    public void Modules_in_another_order_or_number_are_refused()
    {
        IsRefused("Normalize", () => Load("{}", Transformer, Normalize, Pooling));
        IsRefused("Pooling", () => Load("""{"pooling_mode_mean_tokens": true}""", Transformer, Pooling, Pooling));
        IsRefused("a Pooling module", () => Load("{}", Transformer));
        IsRefused("Pooling", () => Load("{}", Pooling));
    }

    [Fact]
    public void A_pooling_whose_file_is_missing_is_refused_by_path()
    {
        _folder.Write("modules.json", $"[{Transformer}, {Pooling}]");
        IsRefused(Path.Combine("1_Pooling", "config.json"), () => SentencePooling.Load(_folder.Path, 4));
    }

    [Fact]
    public void A_default_prompt_that_is_missing_or_not_pooled_is_refused()
    {
        _folder.Write("config_sentence_transformers.json", """{"prompts": {"query": "Q: "}, "default_prompt_name": "passage"}""");
        IsRefused("passage", () => Load("""{"pooling_mode_mean_tokens": true}""", Transformer, Pooling));
        _folder.Write("config_sentence_transformers.json", """{"prompts": {"query": "Q: "}, "default_prompt_name": "query"}""");
        IsRefused("include_prompt", () => Load("""{"pooling_mode_mean_tokens": true, "include_prompt": false}""", Transformer, Pooling));
    }

    SentencePooling Load(string pooling, params string[] modules)
    {
        _folder.Write(Path.Combine("1_Pooling", "config.json"), pooling);
        _folder.Write("modules.json", $"[{string.Join(", ", modules)}]");
        return Assert.IsType<SentencePooling>(SentencePooling.Load(_folder.Path, 4));
    }

    static void IsRefused(string word, Action load) => Assert.Contains(word, Assert.Throws<BadInputException>(load).Message, StringComparison.Ordinal);
}
