using System.Text.Json.Serialization;

namespace FFSplit.Evaluation.Tasks;

/// <summary>How near a model's outputs are to those of the first (dense) one on the same samples; no labels play a part. What doesn't fit
/// the model's head is null.</summary>
[JsonNumberHandling(JsonNumberHandling.AllowNamedFloatingPointLiterals)]
public sealed record Fidelity
{
    /// <summary>Classifiers and language models: mean Kullback-Leibler divergence of this model's distribution from the first's, in
    /// nats.</summary>
    public double? KlDivergence { get; init; }

    /// <summary>Classifiers and language models: for how many of 100 samples (tokens) both give the largest probability to the
    /// same.</summary>
    public double? Agreement { get; init; }

    /// <summary>Sentence encoders: mean cosine between a sentence's two embeddings.</summary>
    public double? Cosine { get; init; }

    /// <summary>Regression: mean absolute difference of the two outputs, in the units of the label.</summary>
    public double? Deviation { get; init; }

    /// <summary>Samples, sentences or tokens that the means are over.</summary>
    public required long Count { get; init; }
}
