namespace FFSplit.TestCommon;

/// <summary>A folder of a test's own, removed with all it holds.</summary>
sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ffsplit-test-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, byte[] bytes)
    {
        System.IO.File.WriteAllBytes(File(name), bytes);
        return File(name);
    }

    public string Write(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return File(name);
    }

    /// <summary>Names of all files and folders in it, hidden ones too.</summary>
    public string[] Entries
        => [.. new DirectoryInfo(Path).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        // The test itself may have moved or removed it.
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
