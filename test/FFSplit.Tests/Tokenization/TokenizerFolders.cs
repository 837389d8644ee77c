namespace FFSplit.Tests.Tokenization;

/// <summary>Finds folders with tokenizers.</summary>
static class TokenizerFolders
{
    const string None = "(no golden tokenizers here)";

    static readonly string? Root = TestFolders.Golden is { } golden && Directory.Exists(Path.Combine(golden, "tokenizers"))
        ? Path.Combine(golden, "tokenizers") : null;

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

    internal static string SharedFolder(string relative) => TestFolders.RequireShared(relative);
}
