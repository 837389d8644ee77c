using System.Text.Json.Nodes;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Tests.Families;

namespace FFSplit.Tests.Configs;

/// <summary>Rotary positions in the old and the new spelling.</summary>
public class RotarySpellingsTest
{
    [Theory]
    [InlineData("""{"rope_theta": 500.0}""")]
    [InlineData("""{"rope_theta": 500.0, "rope_scaling": null}""")]
    [InlineData("""{"rope_parameters": {"rope_theta": 500.0, "rope_type": "default"}}""")]
    [InlineData("""{"rope_parameters": {}, "rope_theta": 500.0}""")]
    public void Plain_positions_have_a_base(string keys) => Assert.Equal(new RotaryEmbedding(2, 500, new RotaryScaling.None()), Read(keys));

    [Theory]
    [InlineData("""{"rope_theta": 500.0, "rope_scaling": {"type": "linear", "factor": 2}}""")]
    [InlineData("""{"rope_theta": 500.0, "rope_scaling": {"rope_type": "linear", "factor": 2.0}}""")]
    [InlineData("""{"rope_parameters": {"rope_theta": 500.0, "rope_type": "linear", "factor": 2.0}}""")]
    [InlineData("""{"rope_parameters": {"rope_type": "default"}, "rope_theta": 500.0, "rope_scaling": {"type": "linear", "factor": 2}}""")]
    public void Linear_scaling_is_read_in_every_spelling(string keys) => Assert.Equal(new RotaryEmbedding(2, 500, new RotaryScaling.Linear(2)), Read(keys));

    [Fact]
    public void Dynamic_scaling_starts_at_the_trained_positions()
        => Assert.Equal(new RotaryScaling.Dynamic(3, 16), Read("""{"rope_scaling": {"type": "dynamic", "factor": 3.0}}""").Scaling);

    [Theory]
    [InlineData("""{"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 9}}""", 9)]
    [InlineData("""{"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0}}""", 16)]
    [InlineData("""{"original_max_position_embeddings": 7, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 9}}""", 7)]
    public void Llama3_scaling_knows_the_original_positions(string keys, int original)
        => Assert.Equal(new RotaryScaling.Llama3(8, 1, 4, original), Read(keys).Scaling);

    [Fact]
    public void Yarn_takes_a_missing_factor_from_the_positions()
        => Assert.Equal(new RotaryScaling.Yarn(4, 32, 1, 4, 1, true),
            Read("""{"rope_scaling": {"type": "yarn", "original_max_position_embeddings": 4, "attention_factor": 1.0, "beta_fast": null, "beta_slow": 0}}""").Scaling);

    [Theory]
    [InlineData("""{"rope_scaling": {"rope_type": "longrope", "short_factor": [1.0], "long_factor": [1.0]}}""", "longrope")]
    [InlineData("""{"rope_scaling": {"type": "su"}}""", "su")]
    [InlineData("""{"rope_scaling": {"type": "linear"}}""", "factor")]
    [InlineData("""{"rope_scaling": 3}""", "rope_")]
    [InlineData("""{"rope_interleaved": true}""", "rope_interleaved")]
    public void Other_scalings_are_refused_by_name(string keys, string word)
    {
        using var tiny = With(keys);
        tiny.IsRefused(word);
    }

    static RotaryEmbedding Read(string keys)
    {
        using var tiny = With(keys);
        using var checkpoint = tiny.Open();
        return Assert.IsType<RotaryEmbedding>(checkpoint.Architecture.Blocks[0].Attention.Rotary);
    }

    static TinyCheckpoint With(string keys)
    {
        var tiny = TinyCheckpoint.Llama();
        foreach (var (key, value) in JsonNode.Parse(keys)!.AsObject().ToArray()) tiny.Config[key] = value?.DeepClone();
        return tiny;
    }
}
