using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Compression;

/// <summary>
/// The split forward against what Hugging Face transformers gave for the dense-shaped export of the same split
/// (recipe: test/interop/dense-shaped, make.sh and run.py).
/// </summary>
public class DenseShapedInteropTest
{
    static readonly string Folder = Path.Combine(TestFolders.Repository, "test", "interop", "dense-shaped");

    public static TheoryData<string, string> Cases()
    {
        var data = new TheoryData<string, string>();
        foreach (var file in Directory.EnumerateFiles(Folder, "*.out.safetensors").Order(StringComparer.Ordinal))
            if (Path.GetFileName(file).Split('.') is [var name, var method, ..]) data.Add(name, method);
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Transformers_gives_the_split_models_outputs_for_its_export(string name, string method)
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(name);
        using (var dense = Checkpoint.Open(folder))
            SplitWriter.Write(dense, Planner.Plan(dense, null, new PlanOptions { Method = method, Importance = "random", Seed = 1 }), temporary.File("split"), null, force: false);
        using var stored = SafetensorsFile.Open(Path.Combine(Folder, $"{name}.{method}.out.safetensors"));
        Golden.Same(stored.Tensors["output"].ReadSingles(), Golden.Output(temporary.File("split"), Golden.Batch(folder)));
    }

    [Fact]
    public void There_are_cases() => Assert.NotEmpty(Cases());
}
