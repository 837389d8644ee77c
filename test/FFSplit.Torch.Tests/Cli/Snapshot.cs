using System.Security.Cryptography;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>Everything below a folder, hidden files included, so that what a run left behind or touched shows.</summary>
static class Snapshot
{
    public static string[] Of(string folder) => [.. Directory.EnumerateFileSystemEntries(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
        .Order(StringComparer.Ordinal).Select(path => Path.GetRelativePath(folder, path) + " " + (Directory.Exists(path) ? "folder" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)))))];
}
