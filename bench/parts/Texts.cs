namespace FFSplit.Bench.Parts;

/// <summary>Text of the repository's own.</summary>
static class Texts
{
    /// <summary>The nearest folder above the program that holds the solution.</summary>
    public static string Repository { get; } = Find();

    /// <summary>The lines of the demo's calibration text that are not empty, over and over.</summary>
    public static string[] Lines(int count)
    {
        var lines = File.ReadLines(Path.Combine(Repository, "assets", "demo", "calibration.txt")).Where(l => l.Length > 0).ToArray();
        return [.. Enumerable.Range(0, count).Select(i => lines[i % lines.Length])];
    }

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "FFSplit.slnx"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds FFSplit.slnx.");
    }
}
