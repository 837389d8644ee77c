namespace FFSplit.Onnx.Emitting;

/// <summary>Names of axes whose length is known only when the model runs, as Optimum gives them.</summary>
static class Axes
{
    public const string Batch = "batch_size";
    public const string Length = "sequence_length";
    public const string PastLength = "past_sequence_length";
    public const string TotalLength = "total_sequence_length";
}
