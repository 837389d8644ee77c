using FFSplit.Checkpoints.Architectures;

namespace FFSplit.Tests.Architectures;

/// <summary>
/// Recipe (reference environment, transformers 5.12.1): ROPE_INIT_FUNCTIONS[type](LlamaConfig(hidden_size=64, num_attention_heads=4,
/// max_position_embeddings=…, rope_parameters=…), device="cpu") prints inv_freq and the attention factor.
/// </summary>
public class RotaryEmbeddingTest
{
    [Fact]
    public void Plain_frequencies_fall_by_a_constant_factor()
    {
        var frequencies = new RotaryEmbedding(16, 10000, new RotaryScaling.None()).InverseFrequencies(8);
        Assert.Equal(1, frequencies[0]);
        for (var i = 1; i < 8; i++) Assert.True(Math.Abs(frequencies[i] - frequencies[i - 1] / Math.Pow(10, 0.5)) <= 1e-15);
    }

    [Fact]
    public void Linear_scaling_divides() => Assert.Equal(0.25, new RotaryEmbedding(16, 10000, new RotaryScaling.Linear(4)).InverseFrequencies(8)[0]);

    // base 1000 · (3 · 96 / 64 − 2)^(16 / 14)
    [Theory]
    [InlineData(64, 1000)]
    [InlineData(96, 2849.6307)]
    public void Dynamic_scaling_raises_the_base_beyond_the_trained_positions(int length, double theta)
    {
        var frequencies = new RotaryEmbedding(16, 1000, new RotaryScaling.Dynamic(3, 64)).InverseFrequencies(length);
        Assert.True(Math.Abs(frequencies[1] - Math.Pow(theta, -1.0 / 8)) <= 1e-8);
    }
}
