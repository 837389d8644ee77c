namespace FFSplit.Tests.Files;

/// <summary>Finds the tiny checkpoints that Hugging Face transformers wrote, or skips by name where they are not at hand.</summary>
static class GoldenFolders
{
    public static string Find(string name)
    {
        if (Root is { } root && Directory.Exists(Path.Combine(root, name))) return Path.Combine(root, name);
        Assert.Skip($"The golden folder {name} is needed (../shared/golden/{name} or test/golden/{name}); it is not here.");
        throw new InvalidOperationException();
    }

    public static IReadOnlyList<string> All
    {
        get
        {
            if (Root is null) Assert.Skip("The golden folders are needed (../shared/golden or test/golden); they are not here.");
            return [.. Directory.EnumerateDirectories(Root!).Order(StringComparer.Ordinal)];
        }
    }

    static string? Root => Candidates().FirstOrDefault(Directory.Exists);

    static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("FFSPLIT_SHARED") is { Length: > 0 } shared) yield return Path.Combine(shared, "golden");
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "FFSplit.slnx"))) folder = folder.Parent;
        if (folder is null) yield break;
        if (folder.Parent is { } beside) yield return Path.Combine(beside.FullName, "shared", "golden");
        yield return Path.Combine(folder.FullName, "test", "golden");
    }
}
