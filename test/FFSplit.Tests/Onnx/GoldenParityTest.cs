using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Onnx.Exporting;

namespace FFSplit.Tests.Onnx;

/// <summary>Every golden folder of a family that is read, exported for both targets, against what Hugging Face transformers
/// gives.</summary>
public class GoldenParityTest
{
    static IEnumerable<string> Roots =>
        new[] { TestFolders.Golden,
            Path.Combine(TestFolders.Repository, "test", "golden") }.OfType<string>().Where(Directory.Exists).Distinct();

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        var names = Roots.SelectMany(Directory.EnumerateDirectories).Where(f => File.Exists(Path.Combine(f,
            "reference.safetensors"))).Select(f => Path.GetFileName(f));
        foreach (var name in names.Distinct().Order(StringComparer.Ordinal))
            foreach (var target in OnnxExportOptions.Targets) data.Add(name, target);
        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public void ONNX_Runtime_gives_what_transformers_gives(string name, string target)
    {
        var folder = Roots.Select(root => Path.Combine(root, name)).First(Directory.Exists);
        var type = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder,
            "config.json"))).RootElement.GetProperty("model_type").GetString()!;
        if (!Checkpoint.KnownModelTypes.Contains(type)) Assert.Skip($"the family '{type}' is not read yet");
        using var stored = new StoredOutputs(folder);
        using var model = new ExportedGraph(folder, target);
        Assert.Equal(1, stored.Compare(model.Run(stored.Batch), 1e-4));
    }

    [Theory]
    [InlineData("all-MiniLM-L6-v2", 2)]
    [InlineData("all-mpnet-base-v2", 2)]
    [InlineData("opt-6m-novels", 1)]
    public void Real_models_agree_with_the_reference(string name, int outputs)
    {
        var folder = TestFolders.RequireShared($"models/{name}");
        using var stored = new StoredOutputs(folder);
        foreach (var target in OnnxExportOptions.Targets)
        {
            using var model = new ExportedGraph(folder, target);
            Assert.Equal(outputs, stored.Compare(model.Run(stored.Batch), 1e-4));
        }
    }

    [Fact]
    public void There_are_folders_to_judge() => Assert.NotEmpty(Cases());
}
