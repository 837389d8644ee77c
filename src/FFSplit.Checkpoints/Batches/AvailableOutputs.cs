using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Sentences;

namespace FFSplit.Checkpoints.Batches;

/// <summary>What a model's description says that it can give, before anything is loaded.</summary>
public static class AvailableOutputs
{
    /// <summary>The outputs of a model with this head and these files of sentence-transformers.</summary>
    public static ModelOutputs Of(Architecture architecture, SentencePooling? pooling)
        => ModelOutputs.LastHiddenState | (pooling is null ? ModelOutputs.None : ModelOutputs.SentenceEmbedding) | architecture.Head switch
        {
            Head.Bare { Pooler: not null } => ModelOutputs.PoolerOutput,
            Head.LanguageModel { Causal: true } => ModelOutputs.Logits | ModelOutputs.NextTokenLogProbabilities,
            Head.LanguageModel or Head.Classifier => ModelOutputs.Logits,
            _ => ModelOutputs.None,
        };
}
