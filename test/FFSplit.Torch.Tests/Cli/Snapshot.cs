using System.Security.Cryptography;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>Everything below a folder, hidden files included, so that what a run left behind or touched shows.</summary>
static class Snapshot
{
    public static string[] Of(string folder)
    {
        var everything = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 };
        return [.. Directory.EnumerateFileSystemEntries(folder, "*", everything).Order(StringComparer.Ordinal)
            .Select(path => $"{Path.GetRelativePath(folder, path)} {Content(path)}")];
    }

    static string Content(string path) => Directory.Exists(path) ? "folder" : Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
}
