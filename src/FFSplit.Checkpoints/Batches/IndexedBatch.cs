namespace FFSplit.Checkpoints.Batches;

/// <summary>A batch that remembers which texts its rows are, so that results can be put back into the caller's order.</summary>
/// <param name="Batch">The padded rows.</param>
/// <param name="Indices">Row r is the text at position Indices[r] of the list that was batched.</param>
public sealed record IndexedBatch(Batch Batch, int[] Indices);
