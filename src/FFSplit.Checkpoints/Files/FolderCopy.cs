namespace FFSplit.Checkpoints.Files;

/// <summary>Copies what a model folder holds beside its weights: tokenizer, pooling, licence, subfolders.</summary>
public static class FolderCopy
{
    /// <summary>What ffsplit finetune writes about a training beside the weights.</summary>
    public const string TrainingRecord = "training.json";

    /// <summary>How the names of TensorBoard's event files begin.</summary>
    public const string EventFiles = "events.out.tfevents.";

    /// <summary>Copies all files but weight files, what tells of the training of these weights, and those named, with all subfolders but hidden
    /// ones.</summary>
    /// <param name="source">The model's folder.</param>
    /// <param name="target">An existing folder.</param>
    /// <param name="except">Names in the folder itself that the caller writes anew.</param>
    /// <param name="cancellation">Stops between two files.</param>
    public static void AllButWeights(string source, string target, IReadOnlyCollection<string> except, CancellationToken cancellation = default)
        => Copy(source, target, except, cancellation);

    static void Copy(string source, string target, IReadOnlyCollection<string> except, CancellationToken cancellation)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries(source).Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            var name = Path.GetFileName(entry);
            var copy = Path.Combine(target, name);
            if (Directory.Exists(entry))
            {
                // .git, .cache and their like belong to the download, not to the model.
                if (name.StartsWith('.')) continue;
                Directory.CreateDirectory(copy);
                Copy(entry, copy, [], cancellation);
                if (Directory.EnumerateFileSystemEntries(entry).Any() && !Directory.EnumerateFileSystemEntries(copy).Any()) Directory.Delete(copy);
            }
            else if (!except.Contains(name) && !WeightFolder.IsWeightFile(name) && name != TrainingRecord
                && !name.StartsWith(EventFiles, StringComparison.Ordinal))
            {
                // Bytes only: a read-only source must not make a read-only copy.
                using var from = File.OpenRead(entry);
                using var to = new FileStream(copy, FileMode.CreateNew);
                from.CopyTo(to);
            }
        }
    }
}
