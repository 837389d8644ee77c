using FFSplit.Checkpoints.Batches;

namespace FFSplit.Modeling.Training.Data;

/// <summary>Examples of one forward pass, as an objective makes them.</summary>
/// <param name="Batch">The padded rows.</param>
/// <param name="Targets">One for each output that counts: index of label or token, or score.</param>
/// <param name="Positions">The tokens whose outputs count, as positions in (rows · length); null where each row has one output.</param>
public sealed record TaskBatch(Batch Batch, double[] Targets, long[]? Positions = null)
{
    /// <summary>Outputs that count.</summary>
    public int Count => Targets.Length;
}
