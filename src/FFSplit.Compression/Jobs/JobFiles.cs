using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Compression.Jobs;

/// <summary>Refuses files that are in the way, or named twice, before a long job begins.</summary>
static class JobFiles
{
    /// <exception cref="BadUsageException">The path is a folder, or a file that may not be replaced.</exception>
    public static void Check(string path, bool force)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new BadUsageException("--output: expected the path of a file, found nothing.");
        if (Directory.Exists(path)) throw new BadUsageException($"{path}: expected a file to write, found a folder. Name a file.");
        if (File.Exists(path) && !force)
            throw new BadUsageException($"{path} exists already. Choose another file, or replace it with --force.");
    }

    /// <exception cref="BadUsageException">A file is named twice, whose samples would count twice.</exception>
    public static void RefuseTwice(IReadOnlyList<string> files, string option)
    {
        if (files.GroupBy(Path.GetFullPath).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new BadUsageException($"{option}: expected each file once, found {twice.First()} {twice.Count()} times.");
    }

    /// <exception cref="BadUsageException">The folder is the input, exists and may not be replaced, or cannot be made.</exception>
    public static void CheckFolder(string path, string input, bool force)
    {
        AtomicFolder.EnsureApart(input, path);
        // Begun and given up: whether it can be made is known, and nothing is left.
        if (Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))) AtomicFolder.Create(path, force).Dispose();
    }
}
