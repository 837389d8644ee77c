namespace FFSplit.Checkpoints;

/// <summary>A classifier to put on a model in place of the head that the folder has.</summary>
/// <param name="Labels">Number of labels; 1 for a regression.</param>
public sealed record NewHead(int Labels);
