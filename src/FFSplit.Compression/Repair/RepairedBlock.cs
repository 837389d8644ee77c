using FFSplit.Compression.Splitting;

namespace FFSplit.Compression.Repair;

/// <summary>One block when the walk has passed it.</summary>
/// <param name="Split">Its FFN's tensors as stored.</param>
/// <param name="Report">What was done; null for a layer that is not split.</param>
sealed record RepairedBlock(SplitTensors Split, LayerRepair? Report);
