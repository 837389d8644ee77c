namespace FFSplit.Tests.Evaluation;

/// <summary>The data sets that lie outside the repository; tests that need them skip by name where they are missing.</summary>
static class SharedData
{
    public static string Path(string relative)
    {
        var root = Environment.GetEnvironmentVariable("FFSPLIT_SHARED") ?? Beside();
        var path = root is null ? null : System.IO.Path.Combine(root, relative);
        if (!File.Exists(path) && !Directory.Exists(path)) Assert.Skip($"needs ../shared/{relative}");
        return path!;
    }

    static string? Beside()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "FFSplit.slnx")))
                return folder.Parent is { } parent ? System.IO.Path.Combine(parent.FullName, "shared") : null;
        return null;
    }
}
