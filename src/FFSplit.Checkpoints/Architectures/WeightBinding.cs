namespace FFSplit.Checkpoints.Architectures;

/// <summary>Where a weight of the forward pass lies in the checkpoint's tensors. A loader reads it forwards, a writer backwards.</summary>
/// <param name="Name">The tensor's name as the files hold it.</param>
/// <param name="Shape">The shape that the forward pass uses: linear weights are (out × in), tables (rows × width), vectors (length).</param>
/// <param name="Transposed">The file holds (in × out), as GPT-2's Conv1D does.</param>
/// <param name="Part">Which rows (of the forward's orientation) of a fused tensor; null for the whole tensor.</param>
public sealed record WeightBinding(string Name, IReadOnlyList<int> Shape, bool Transposed = false, FusedPart? Part = null)
{
    /// <summary>Parameters that this binding covers.</summary>
    public long ElementCount
    {
        get
        {
            var count = 1L;
            foreach (var length in Shape) count *= length;
            return count;
        }
    }
}

/// <summary>One of several weights that a file keeps in one tensor, fused along the output axis.</summary>
/// <param name="Index">Which of the parts.</param>
/// <param name="Count">How many parts the tensor holds.</param>
/// <param name="Groups">1 where the parts follow one another whole (GPT-2); the number of heads where they interleave (GPT-NeoX).</param>
public sealed record FusedPart(int Index, int Count, int Groups = 1);
