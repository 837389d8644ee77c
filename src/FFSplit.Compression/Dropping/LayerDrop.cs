using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Compression.Repair;

namespace FFSplit.Compression.Dropping;

/// <summary>
/// Leaves out whole layers of a dense model. The result is an ordinary folder of the same family, shallower, which any Hugging Face loader
/// reads: what a user can do today without a split, and so the bar that a split has to pass.
/// </summary>
public static class LayerDrop
{
    /// <summary>
    /// Which layers to keep: the first, the last, and between them those nearest to even distances (of two equally near the earlier).
    /// </summary>
    /// <remarks>
    /// Half of twelve gives 0, 2, 4, 7, 9, 11: about every other layer with both ends, the usual way to start a shallower student from its
    /// teacher (DistilBERT, arXiv 1910.01108, section 3, takes one layer out of two).
    /// </remarks>
    /// <param name="total">Layers of the dense model.</param>
    /// <param name="keep">How many to keep, from 1 to <paramref name="total"/>; one alone is the first.</param>
    /// <returns>Indices, ascending.</returns>
    /// <exception cref="BadUsageException">There are not so many layers.</exception>
    public static IReadOnlyList<int> Kept(int total, int keep)
    {
        if (keep < 1 || keep > total)
            throw new BadUsageException($"Of {total} layers between 1 and {total} can be kept, not {keep}.");
        var gaps = keep - 1;
        // i · (total − 1) / gaps, rounded to nearest, halves down.
        return [.. Enumerable.Range(0, keep).Select(i => gaps == 0 ? 0 : (2 * i * (total - 1) + gaps - 1) / (2 * gaps))];
    }

    /// <summary>Writes the shallower model, atomically.</summary>
    /// <param name="dense">The dense model.</param>
    /// <param name="kept">Indices of the layers to keep, ascending.</param>
    /// <param name="output">The folder to make.</param>
    /// <param name="force">Whether an existing model folder may be replaced.</param>
    /// <param name="repair">What the kept layers' output matrices are refitted on; null leaves them as they are.</param>
    /// <param name="progress">Counts blocks times batches of the repair.</param>
    /// <param name="cancellation">Leaves nothing behind.</param>
    /// <returns>What repair did in each kept layer; null where there was none.</returns>
    /// <exception cref="BadUsageException"><paramref name="kept"/> is empty, not ascending or names a layer that is not there; or the
    /// output exists and may not be replaced, or is not apart from the input.</exception>
    /// <exception cref="BadInputException">The model is split, or computes a layer differently by its number.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static IReadOnlyList<LayerRepair>? Write(Checkpoint dense, IReadOnlyList<int> kept, string output, bool force,
        RepairInput? repair = null, IProgress<ProgressReport>? progress = null, CancellationToken cancellation = default)
    {
        DenseModel.Require(dense);
        if (dense.MadeTensors.Count > 0)
            throw new ArgumentException("A model whose head is still to be made cannot be written.", nameof(dense));
        CheckKept(dense, kept);
        AtomicFolder.EnsureApart(dense.Folder, output);
        using var folder = AtomicFolder.Create(output, force);
        var target = folder.WorkFolder;
        FolderCopy.AllButWeights(dense.Folder, target, except: ["config.json"], cancellation);

        var tensors = new DroppedTensors(dense, kept);
        IReadOnlyList<LayerRepair>? reports = null;
        using (var repaired = new RepairedStore(Path.Combine(target, ".blocks")))
        {
            if (repair is not null) reports = LayerDropRepair.Run(dense, kept, repair, repaired.Put, progress, cancellation);
            var metadata = new Dictionary<string, string> { ["format"] = "pt" };
            ShardedSafetensors.Write(target, "model", tensors.All(repaired), metadata: metadata);
        }
        AtomicFile.WriteAllText(Path.Combine(target, "config.json"), DroppedConfig.Format(dense, kept));
        cancellation.ThrowIfCancellationRequested();
        folder.Commit();
        return reports;
    }

    static void CheckKept(Checkpoint dense, IReadOnlyList<int> kept)
    {
        var blocks = dense.Architecture.Blocks;
        var list = string.Join(", ", kept);
        if (kept.Count == 0) throw new BadUsageException("No layer to keep is named. Name at least one.");
        if (kept.Any(k => k < 0 || k >= blocks.Count))
            throw new BadUsageException($"The layers to keep are {list}, but this model's are 0 to {blocks.Count - 1}.");
        if (kept.Zip(kept.Skip(1)).Any(pair => pair.First >= pair.Second))
            throw new BadUsageException($"The layers to keep are {list}, which does not ascend. Name each once, in order.");
        for (var i = 0; i < kept.Count; i++)
            // GPT-2's scale_attn_by_inverse_layer_idx.
            if (blocks[kept[i]].Attention.ScoreScale != blocks[i].Attention.ScoreScale)
                throw new BadInputException($"{dense.Folder}, layer {kept[i]}", "attention scores scaled alike in all layers",
                    "scores scaled by the layer's number", "Layers of this model cannot change their number; keep only the first ones.");
    }
}
