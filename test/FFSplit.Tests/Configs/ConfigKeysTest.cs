using System.Text.Json.Nodes;
using FFSplit.Tests.Families;

namespace FFSplit.Tests.Configs;

/// <summary>What becomes of config keys: understood, harmless, empty, let through, or refused.</summary>
public class ConfigKeysTest
{
    [Theory]
    [InlineData("qk_norm", "true")]
    [InlineData("embedding_multiplier", "12.0")]
    [InlineData("quantization_config", """{"bits": 4}""")]
    public void An_unknown_key_with_a_value_is_refused_by_name(string key, string value)
    {
        using var tiny = TinyCheckpoint.Bert().With(key, JsonNode.Parse(value));
        tiny.IsRefused($"'{key}'", $"--allow-config {key}");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("false")]
    [InlineData("\"\"")]
    [InlineData("[]")]
    [InlineData("{}")]
    public void An_unknown_key_without_a_value_is_passed_over_and_listed(string value)
    {
        using var tiny = TinyCheckpoint.Bert().With("qk_norm", JsonNode.Parse(value));
        using var checkpoint = tiny.Open();
        Assert.Equal(["qk_norm"], checkpoint.PassedOverConfig);
        Assert.Empty(checkpoint.AllowedConfig);
    }

    [Fact]
    public void A_key_that_the_user_lets_through_is_listed()
    {
        using var tiny = TinyCheckpoint.Bert().With("qk_norm", true);
        using var checkpoint = tiny.Open("qk_norm", "not_there");
        Assert.Equal(["qk_norm"], checkpoint.PassedOverConfig);
        Assert.Equal(["qk_norm"], checkpoint.AllowedConfig);
    }

    [Fact]
    public void Keys_of_the_hub_s_folders_pass()
    {
        using var tiny = TinyCheckpoint.Bert();
        foreach (var (key, value) in JsonNode.Parse("""
            {"_name_or_path": "x", "_num_labels": 5, "attention_probs_dropout_prob": 0.1, "directionality": "bidi", "gradient_checkpointing": true, "hidden_dropout_prob": 0.1,
             "initializer_range": 0.02, "layer_norm_eps": 1e-12, "pad_token_id": 0, "pooler_fc_size": 768, "pooler_num_attention_heads": 12, "pooler_num_fc_layers": 3,
             "pooler_size_per_head": 128, "pooler_type": "first_token_transform", "position_embedding_type": "absolute", "torch_dtype": "float32", "dtype": "float32",
             "transformers_version": "4.6.0.dev0", "type_vocab_size": 2, "use_cache": true, "id2label": {"0": "LABEL_0"}, "label2id": {"LABEL_0": 0}, "finetuning_task": "sst-2",
             "output_past": true, "sentence_transformers": {"version": "4.1"}, "sbert_ce_default_activation_function": "Identity", "problem_type": "regression"}
            """)!.AsObject().ToArray())
            tiny.Config[key] = value?.DeepClone();
        using var checkpoint = tiny.Open();
        Assert.Empty(checkpoint.PassedOverConfig);
    }

    [Theory]
    [InlineData("position_embedding_type", "\"relative_key\"")]
    [InlineData("position_embedding_type", "\"relative_key_query\"")]
    [InlineData("hidden_act", "\"prelu\"")]
    [InlineData("pruned_heads", """{"0": [1]}""")]
    [InlineData("hidden_size", "\"4\"")]
    [InlineData("num_attention_heads", "3")]
    public void A_switch_that_the_forward_lacks_is_refused_by_name(string key, string value)
    {
        using var tiny = TinyCheckpoint.Bert().With(key, JsonNode.Parse(value));
        tiny.IsRefused(key is "num_attention_heads" ? "hidden_size" : key);
    }

    [Fact]
    public void An_unknown_family_is_refused_by_name()
    {
        using var tiny = TinyCheckpoint.Bert().With("model_type", "deberta-v2");
        tiny.IsRefused("model_type", "deberta-v2");
    }
}
