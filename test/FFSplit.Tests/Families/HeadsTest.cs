using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Tests.Families;

/// <summary>Which head a folder has, and which are refused.</summary>
public class HeadsTest
{
    [Theory]
    [InlineData("BertForTokenClassification")]
    [InlineData("BertForQuestionAnswering")]
    [InlineData("BertForNextSentencePrediction")]
    [InlineData("BertLMHeadModel")]
    [InlineData("LlamaForCausalLM")]
    public void A_class_that_the_family_does_not_read_is_refused_by_name(string className)
    {
        using var bert = TinyCheckpoint.Bert();
        bert.With("architectures", new System.Text.Json.Nodes.JsonArray(className)).IsRefused("architectures", className, "BertForMaskedLM");
    }

    [Theory]
    [InlineData("LlamaForQuestionAnswering")]
    [InlineData("LlamaForTokenClassification")]
    public void Decoders_refuse_other_classes_too(string className)
    {
        using var llama = TinyCheckpoint.Llama();
        llama.With("architectures", new System.Text.Json.Nodes.JsonArray(className)).IsRefused("architectures", className);
    }

    [Theory]
    [InlineData("is_decoder")]
    [InlineData("add_cross_attention")]
    [InlineData("is_encoder_decoder")]
    public void A_decoder_made_of_an_encoder_is_refused(string key)
    {
        using var bert = TinyCheckpoint.Bert();
        bert.With(key, true).IsRefused(key);
    }

    [Fact]
    public void Without_a_class_the_tensors_tell_the_head()
    {
        using var bare = TinyCheckpoint.Bert();
        using var masked = TinyCheckpoint.Bert("BertForMaskedLM");
        using var classifier = TinyCheckpoint.Bert("BertForSequenceClassification");
        using var llama = TinyCheckpoint.Llama();
        using var causal = TinyCheckpoint.Llama("LlamaForCausalLM");
        Assert.IsType<Head.Bare>(HeadOf(bare));
        Assert.IsType<Head.LanguageModel>(HeadOf(masked));
        Assert.IsType<Head.Classifier>(HeadOf(classifier));
        Assert.IsType<Head.Bare>(HeadOf(llama));
        Assert.IsType<Head.LanguageModel>(HeadOf(causal));

        static Head HeadOf(TinyCheckpoint tiny)
        {
            tiny.Config.Remove("architectures");
            using var checkpoint = tiny.Open();
            return checkpoint.Architecture.Head;
        }
    }

    [Fact]
    public void A_stored_copy_of_a_tied_decoder_is_listed()
    {
        using var tiny = TinyCheckpoint.Bert("BertForMaskedLM").Add("cls.predictions.decoder.weight", 6, 4).Add("cls.predictions.decoder.bias", 6);
        using var checkpoint = tiny.Open();
        Assert.Equal(["cls.predictions.decoder.bias", "cls.predictions.decoder.weight"], checkpoint.RepeatedTensors.Order(StringComparer.Ordinal));
        Assert.Empty(checkpoint.PassedOverTensors);
    }

    [Theory]
    [InlineData("cls.predictions.decoder.weight", 6, 4)]
    [InlineData("cls.predictions.decoder.bias", 6)]
    public void A_stored_copy_of_a_tied_decoder_that_differs_is_refused(string name, params int[] shape)
    {
        using var tiny = TinyCheckpoint.Bert("BertForMaskedLM").Add(name, 0.25f, [.. shape.Select(s => (long)s)]);
        tiny.IsRefused(name, "tie_word_embeddings");
    }

    [Fact]
    public void An_untied_decoder_has_its_own_weight_and_bias()
    {
        using var tiny = TinyCheckpoint.Bert("BertForMaskedLM").With("tie_word_embeddings", false)
            .Add("cls.predictions.decoder.weight", 0.25f, 6, 4).Add("cls.predictions.decoder.bias", 0.25f, 6);
        using var checkpoint = tiny.Open();
        var decoder = Assert.IsType<Head.LanguageModel>(checkpoint.Architecture.Head).Decoder;
        Assert.Equal(("cls.predictions.decoder.weight", "cls.predictions.decoder.bias"), (decoder.Weight.Name, decoder.Bias?.Name));
        Assert.Equal(["cls.predictions.bias"], checkpoint.PassedOverTensors);
    }

    [Fact]
    public void An_untied_decoder_that_is_missing_is_refused()
    {
        using var tiny = TinyCheckpoint.Llama("LlamaForCausalLM");
        tiny.Tensors.Remove("lm_head.weight");
        tiny.IsRefused("lm_head.weight");
    }

    [Fact]
    public void The_number_of_labels_comes_from_the_config()
    {
        using var tiny = TinyCheckpoint.Bert("BertForSequenceClassification").With("num_labels", 3);
        tiny.IsRefused("classifier.weight", "[3, 4]", "[2, 4]");
    }

    [Fact]
    public void A_decoder_classifier_knows_the_padding_id()
    {
        using var tiny = TinyCheckpoint.Llama("LlamaForSequenceClassification").Add("score.weight", 2, 4).With("pad_token_id", 5);
        using var checkpoint = tiny.Open();
        var head = Assert.IsType<Head.Classifier>(checkpoint.Architecture.Head);
        Assert.Equal((ClassifiedToken.LastReal, 5), (head.Token, head.PadId));
    }
}
