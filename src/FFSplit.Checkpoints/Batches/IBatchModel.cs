namespace FFSplit.Checkpoints.Batches;

/// <summary>What a caller wants from a forward pass; only this is computed beyond the blocks.</summary>
[Flags]
public enum ModelOutputs
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>(rows × length × hidden size), after the final norm and output projection where the family has them.</summary>
    LastHiddenState = 1,
    /// <summary>Classifiers: (rows × labels); language models: (rows × length × vocabulary).</summary>
    Logits = 2,
    /// <summary>(rows × hidden size), of the family's own pooler.</summary>
    PoolerOutput = 4,
    /// <summary>(rows × dimension), pooled and normalised as the folder's modules.json says.</summary>
    SentenceEmbedding = 8,
    /// <summary>(rows × (length − 1)): natural logarithm of the probability that a causal model gives token t + 1 after token t.</summary>
    NextTokenLogProbabilities = 16,
}

/// <summary>A float32 array with its shape, row-major.</summary>
public sealed record DenseArray(IReadOnlyList<long> Shape, float[] Values);

/// <summary>The outputs of one forward pass; those not asked for are null.</summary>
public sealed record ModelOutput
{
    /// <summary>See <see cref="ModelOutputs.LastHiddenState"/>.</summary>
    public DenseArray? LastHiddenState { get; init; }
    /// <summary>See <see cref="ModelOutputs.Logits"/>.</summary>
    public DenseArray? Logits { get; init; }
    /// <summary>See <see cref="ModelOutputs.PoolerOutput"/>.</summary>
    public DenseArray? PoolerOutput { get; init; }
    /// <summary>See <see cref="ModelOutputs.SentenceEmbedding"/>.</summary>
    public DenseArray? SentenceEmbedding { get; init; }
    /// <summary>See <see cref="ModelOutputs.NextTokenLogProbabilities"/>.</summary>
    public DenseArray? NextTokenLogProbabilities { get; init; }
}

/// <summary>A model that runs on a batch: dense or split, on libtorch or another runtime. Evaluation sees nothing else.</summary>
public interface IBatchModel : IDisposable
{
    /// <summary>What <see cref="Run"/> can give.</summary>
    ModelOutputs Available { get; }

    /// <summary>Runs the forward pass.</summary>
    /// <exception cref="BadInputException">A token id without an embedding row, or a batch longer than the positions.</exception>
    ModelOutput Run(Batch batch, ModelOutputs wanted);
}
