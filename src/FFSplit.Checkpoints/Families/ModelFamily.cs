using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Configs;

namespace FFSplit.Checkpoints.Families;

/// <summary>Turns config.json and the tensors' names of one family into an <see cref="Architecture"/>. A new family is one new subclass.</summary>
abstract class ModelFamily
{
    /// <summary>model_type in config.json.</summary>
    public abstract string ModelType { get; }

    /// <summary>Under which a head's model keeps the base model, with its dot.</summary>
    public abstract string BasePrefix { get; }

    /// <summary>First parts of names inside the base model.</summary>
    public abstract IReadOnlyCollection<string> BaseModules { get; }

    /// <summary>Class names (architectures in config.json) with what each has on top.</summary>
    public abstract IReadOnlyDictionary<string, HeadKind> Classes { get; }

    /// <summary>Prefixes of tensors that may be left over: heads and poolers that this class does not use, stored tables.</summary>
    public abstract IReadOnlyCollection<string> KnownLeftovers { get; }

    /// <summary>The head when config.json names no class.</summary>
    public abstract HeadKind GuessHead(ModelConfig config, WeightBinder weights);

    /// <summary>A decoder's head: what its tensors say; a tied one needs none.</summary>
    protected static HeadKind DecoderHead(ModelConfig config, WeightBinder weights, bool tiedByDefault)
        => weights.Has("score.weight") ? HeadKind.Classifier
        : weights.Has("lm_head.weight") || config.Flag("tie_word_embeddings", tiedByDefault) ? HeadKind.CausalLanguageModel : HeadKind.Bare;

    /// <summary>Describes the model.</summary>
    public abstract Architecture Describe(FamilyContext context);
}

/// <summary>What stands on the base model.</summary>
enum HeadKind
{
    Bare,
    MaskedLanguageModel,
    CausalLanguageModel,
    Classifier,
}
