namespace FFSplit.Checkpoints.Architectures;

/// <summary>Where a family drops values during training, and with which probability; null where it has no such place. Nothing is dropped in
/// inference.</summary>
public sealed record Dropouts
{
    /// <summary>On the first hidden states.</summary>
    public double? Embeddings { get; init; }

    /// <summary>On the attention's weights, after the softmax.</summary>
    public double? AttentionWeights { get; init; }

    /// <summary>On the attention's output, before it is added to the stream.</summary>
    public double? Attention { get; init; }

    /// <summary>On the FFN's output, before it is added to the stream.</summary>
    public double? FeedForward { get; init; }

    /// <summary>On what a classifier's first step reads.</summary>
    public double? ClassifierInput { get; init; }

    /// <summary>On what a classifier's last step reads, where there is more than one.</summary>
    public double? Classifier { get; init; }

    /// <summary>The same probability at every place that the family has.</summary>
    public Dropouts With(double probability) => new()
    {
        Embeddings = Embeddings is null ? null : probability,
        AttentionWeights = AttentionWeights is null ? null : probability,
        Attention = Attention is null ? null : probability,
        FeedForward = FeedForward is null ? null : probability,
        ClassifierInput = ClassifierInput is null ? null : probability,
        Classifier = Classifier is null ? null : probability,
    };
}
