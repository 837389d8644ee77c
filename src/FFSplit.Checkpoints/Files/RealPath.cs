namespace FFSplit.Checkpoints.Files;

/// <summary>Paths with every link on the way followed, so that two spellings of one folder compare equal.</summary>
static class RealPath
{
    const int MostLinks = 40;

    static readonly StringComparison Comparison = OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;

    /// <summary>The path itself where parts of it do not exist yet.</summary>
    public static string Of(string path)
    {
        var pending = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        for (var links = 0; links < MostLinks; links++)
        {
            if (FollowFirstLink(pending) is not { } followed) break;
            pending = followed;
        }
        return pending;
    }

    /// <summary>Whether the second path is the first or lies in it; both as <see cref="Of"/> gives them.</summary>
    public static bool Contains(string outer, string inner)
        => inner.Equals(outer, Comparison) || inner.StartsWith(
            Path.EndsInDirectorySeparator(outer) ? outer : outer + Path.DirectorySeparatorChar,
            Comparison);

    static string? FollowFirstLink(string path)
    {
        var root = Path.GetPathRoot(path)!;
        var parts = path[root.Length..].Split(Path.DirectorySeparatorChar);
        var walked = root;
        for (var i = 0; i < parts.Length; i++)
        {
            var parent = walked;
            walked = Path.Combine(walked, parts[i]);
            if (new FileInfo(walked).LinkTarget is not { } target) continue;
            var rest = Path.Combine([.. parts[(i + 1)..]]);
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(Path.Combine(parent, target, rest)));
        }
        return null;
    }
}
