namespace FFSplit.TestCommon;

/// <summary>Where the tests find the repository, the shared models and the golden folders.</summary>
static class TestFolders
{
    /// <summary>Names the shared folder where it does not lie beside the repository.</summary>
    public const string SharedVariable = "FFSPLIT_SHARED";

    /// <summary>The repository's root: the nearest folder above the test executable that holds <c>FFSplit.slnx</c>.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The folder with models and data that are too large for the repository, or null where it is absent.</summary>
    public static string? Shared { get; } = FindShared();

    /// <summary>Golden folders: <c>golden</c> in the shared folder, else <c>test/golden</c> in the repository, or null.</summary>
    public static string? Golden { get; } = ExistingFolder(Shared is null ? null : Path.Combine(Shared, "golden"))
        ?? ExistingFolder(Path.Combine(Repository, "test", "golden"));

    /// <summary>A file or folder below the shared folder; the test is skipped, naming what it lacks, where there is none.</summary>
    public static string RequireShared(string relative)
    {
        var path = Shared is null ? null : Path.Combine(Shared, relative);
        if (path is null || !Path.Exists(path))
            Assert.Skip($"needs ../shared/{relative} (or {SharedVariable}/{relative}), which this machine lacks");
        return path!;
    }

    /// <summary>A file or folder below the golden folder; the test is skipped, naming what it lacks, where there is none.</summary>
    public static string RequireGolden(string relative)
    {
        var path = Golden is null ? null : Path.Combine(Golden, relative);
        if (path is null || !Path.Exists(path))
            Assert.Skip($"needs golden/{relative} under ../shared or test, which this machine lacks");
        return path!;
    }

    /// <summary>Every folder of the golden folder, in ordinal order; the test is skipped where there is none.</summary>
    public static string[] AllGolden
    {
        get
        {
            if (Golden is null) Assert.Skip("needs golden folders under ../shared or test, which this machine lacks");
            return [.. Directory.EnumerateDirectories(Golden!).Order(StringComparer.Ordinal)];
        }
    }

    static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "FFSplit.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds FFSplit.slnx.");
    }

    static string? FindShared()
    {
        // A variable that is set but wrong must not fall back silently: the tests would judge other files than asked for.
        var named = Environment.GetEnvironmentVariable(SharedVariable);
        if (!string.IsNullOrEmpty(named))
            return ExistingFolder(named) ?? throw new DirectoryNotFoundException($"{SharedVariable} names {named}, which is no folder.");
        return ExistingFolder(Path.Combine(Repository, "..", "shared"));
    }

    static string? ExistingFolder(string? path) => Directory.Exists(path) ? Path.GetFullPath(path) : null;
}
