using FFSplit.Checkpoints;

namespace FFSplit.Compression;

/// <summary>Calibration, planning and compression start from a dense model.</summary>
static class DenseModel
{
    /// <exception cref="BadInputException">The checkpoint is split already.</exception>
    public static void Require(Checkpoint checkpoint)
    {
        if (checkpoint.Split is not null)
            throw new BadInputException(checkpoint.Folder, "a dense model", "a model that is split already", "Give the folder of the dense model that it was made from.");
    }
}
