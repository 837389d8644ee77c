namespace FFSplit.Tests.Tokenization;

/// <summary>Finds folders with tokenizers: under $FFSPLIT_SHARED, else ../shared beside the repository, else test/golden within it.</summary>
static class TokenizerFolders
{
    const string None = "(no golden tokenizers here)";

    static readonly string? Shared = Environment.GetEnvironmentVariable("FFSPLIT_SHARED") is { Length: > 0 } named
        ? named : Existing(Path.Combine(Repository(), "..", "shared"));

    static readonly string? Root = (Shared is null ? null : Existing(Path.Combine(Shared, "golden", "tokenizers")))
        ?? Existing(Path.Combine(Repository(), "test", "golden", "tokenizers"));

    /// <summary>Every folder of golden/tokenizers that holds an expected.json; one stand-in where there is none, so that it is seen to skip.</summary>
    internal static string[] GoldenNames()
        => Root is null ? [None] : [.. Directory.GetDirectories(Root).Where(d => File.Exists(Path.Combine(d, "expected.json")))
            .Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)];

    internal static string Golden(string name)
    {
        if (Root is null || !Directory.Exists(Path.Combine(Root, name)))
            Assert.Skip($"needs ../shared/golden/tokenizers/{name} (or FFSPLIT_SHARED, or test/golden), which this machine lacks");
        return Path.Combine(Root, name);
    }

    internal static string SharedFolder(string relative)
    {
        if (Shared is null || !Directory.Exists(Path.Combine(Shared, relative)))
            Assert.Skip($"needs ../shared/{relative} (or FFSPLIT_SHARED), which this machine lacks");
        return Path.Combine(Shared, relative);
    }

    static string? Existing(string folder) => Directory.Exists(folder) ? folder : null;

    internal static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "FFSplit.slnx")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? AppContext.BaseDirectory;
    }
}
