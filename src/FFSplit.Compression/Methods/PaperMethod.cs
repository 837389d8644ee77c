using FFSplit.Checkpoints.Splits;

namespace FFSplit.Compression.Methods;

/// <summary>FFSplit (arXiv 2401.04044): heavy neurons whole, the light ones as low-rank factors by plain SVD.</summary>
sealed class PaperMethod : ICompressionMethod
{
    public string Name => "paper";

    public string Description => "keeps the heavy neurons whole and factors the light ones by SVD";

    // It stays the paper's unless asked.
    public bool RepairedByDefault => false;

    public SplitLayer Divide(FeedForwardShape shape, SplitSizes sizes) => sizes.Paper(shape);
}
