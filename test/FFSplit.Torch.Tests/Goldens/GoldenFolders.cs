using System.Text.Json;
using FFSplit.Checkpoints;

namespace FFSplit.Torch.Tests.Goldens;

/// <summary>Tiny checkpoints with what Hugging Face transformers gives for them. The recipe lies beside them (generate.py, dialects.py).</summary>
static class GoldenFolders
{
    // The repository's own besides those named: folders that were made elsewhere never take its place.
    static IEnumerable<string> Roots =>
        new[] { TestFolders.Golden, Path.Combine(TestFolders.Repository, "test", "golden") }.OfType<string>().Where(Directory.Exists).Distinct();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. Roots.SelectMany(Directory.EnumerateDirectories).Where(f => File.Exists(Path.Combine(f, "config.json"))).Select(f => Path.GetFileName(f))
            .Distinct().Order(StringComparer.Ordinal),
    ];

    /// <summary>Where one lies. A family that the product does not read yet skips the test, by name; an unread head or switch of a known family
    /// does not.</summary>
    public static string Require(string name)
    {
        var folder = Roots.Select(root => Path.Combine(root, name)).First(Directory.Exists);
        var type = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "config.json"))).RootElement.GetProperty("model_type").GetString()!;
        if (!Checkpoint.KnownModelTypes.Contains(type)) Assert.Skip($"the family '{type}' is not read yet");
        return folder;
    }
}
