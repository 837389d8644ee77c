namespace FFSplit.Torch.Tests.Training;

/// <summary>Tests that count the process's live tensors run while no other does.</summary>
[CollectionDefinition(nameof(TensorCounts), DisableParallelization = true)]
public sealed class TensorCounts;
