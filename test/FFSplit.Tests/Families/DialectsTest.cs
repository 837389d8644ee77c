namespace FFSplit.Tests.Families;

/// <summary>Tensor names of all ages, leftovers, and what is neither.</summary>
public class DialectsTest
{
    [Fact]
    public void Old_norm_names_and_a_missing_base_prefix_are_read()
    {
        using var tiny = TinyCheckpoint.Bert("BertForMaskedLM").Rename(n => n.Replace("bert.", "", StringComparison.Ordinal)
            .Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal));
        using var checkpoint = tiny.Open();
        Assert.Empty(checkpoint.PassedOverTensors);
        Assert.Equal(tiny.Tensors.Keys.Order(StringComparer.Ordinal), checkpoint.Architecture.Bindings.Select(b => b.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("bert.embeddings.position_ids")]
    [InlineData("bert.embeddings.token_type_ids")]
    [InlineData("embeddings.position_ids")]
    [InlineData("cls.seq_relationship.weight")]
    [InlineData("cls.predictions.decoder.weight")]
    [InlineData("classifier.weight")]
    [InlineData("qa_outputs.bias")]
    public void Known_leftovers_of_bert_are_listed(string name)
    {
        using var tiny = TinyCheckpoint.Bert().Add(name, 3);
        using var checkpoint = tiny.Open();
        Assert.Equal([name], checkpoint.PassedOverTensors);
    }

    [Theory]
    [InlineData("lm_head.weight")]
    [InlineData("score.weight")]
    [InlineData("model.rotary_emb.inv_freq")]
    [InlineData("rotary_emb.inv_freq")]
    [InlineData("model.layers.0.self_attn.rotary_emb.inv_freq")]
    [InlineData("model.layers.0.self_attn.rotary_emb.cos_cached")]
    public void Known_leftovers_of_llama_are_listed(string name)
    {
        using var tiny = TinyCheckpoint.Llama().Add(name, 3);
        using var checkpoint = tiny.Open();
        Assert.Equal([name], checkpoint.PassedOverTensors);
    }

    [Theory]
    [InlineData("bert.encoder.layer.1.output.dense.weight")]
    [InlineData("bert.encoder.layer.0.attention.self.distance_embedding.weight")]
    [InlineData("bert.encoder.layer.0.adapter.weight")]
    [InlineData("extra")]
    public void Any_other_extra_tensor_is_refused_by_name(string name)
    {
        using var tiny = TinyCheckpoint.Bert().Add(name, 3);
        tiny.IsRefused(name);
    }

    [Theory]
    [InlineData("bert.encoder.layer.0.intermediate.dense.weight")]
    [InlineData("bert.embeddings.LayerNorm.bias")]
    [InlineData("bert.embeddings.token_type_embeddings.weight")]
    public void A_missing_tensor_is_refused_by_name(string name)
    {
        using var tiny = TinyCheckpoint.Bert();
        tiny.Tensors.Remove(name);
        tiny.IsRefused(name);
    }

    [Fact]
    public void A_missing_bias_that_the_config_promises_is_refused_by_name()
    {
        using var tiny = TinyCheckpoint.Llama().With("attention_bias", true);
        tiny.IsRefused("model.layers.0.self_attn.q_proj.bias");
    }

    [Fact]
    public void A_bias_that_the_config_excludes_is_refused_by_name()
    {
        using var tiny = TinyCheckpoint.Llama().Add("model.layers.0.mlp.up_proj.bias", 8);
        tiny.IsRefused("model.layers.0.mlp.up_proj.bias");
    }

    [Fact]
    public void A_tensor_of_another_shape_is_refused_with_both_shapes()
    {
        using var tiny = TinyCheckpoint.Bert().Add("bert.encoder.layer.0.intermediate.dense.weight", 8, 5);
        tiny.IsRefused("bert.encoder.layer.0.intermediate.dense.weight", "[8, 4]", "[8, 5]");
    }

    [Fact]
    public void A_token_table_may_have_more_rows_but_not_fewer()
    {
        using var more = TinyCheckpoint.Bert().Add("bert.embeddings.word_embeddings.weight", 9, 4);
        using var checkpoint = more.Open();
        Assert.Equal(9, checkpoint.Architecture.VocabularyRows);
        using var fewer = TinyCheckpoint.Bert().Add("bert.embeddings.word_embeddings.weight", 5, 4);
        fewer.IsRefused("bert.embeddings.word_embeddings.weight", "6", "5");
    }

    [Fact]
    public void One_weight_under_two_names_is_refused()
    {
        using var tiny = TinyCheckpoint.Bert().Add("bert.embeddings.LayerNorm.gamma", 4);
        tiny.IsRefused("bert.embeddings.LayerNorm.gamma", "bert.embeddings.LayerNorm.weight");
    }
}
