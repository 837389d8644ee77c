using System.Xml.Linq;

namespace FFSplit.Tests.Repository;

/// <summary>Holds the project files to the table of who may see whom, so that torch and ONNX Runtime stay where they belong.</summary>
public class ProjectReferencesTest
{
    /// <summary>Each project of <c>src</c>, those that come later included, with the projects that it may reference.</summary>
    static readonly Dictionary<string, string[]> MaySee = new()
    {
        ["FFSplit.Checkpoints"] = [],
        ["FFSplit.Evaluation"] = ["FFSplit.Checkpoints"],
        ["FFSplit.Modeling"] = ["FFSplit.Checkpoints", "FFSplit.Evaluation"],
        ["FFSplit.Compression"] = ["FFSplit.Checkpoints", "FFSplit.Evaluation", "FFSplit.Modeling"],
        ["FFSplit.Onnx"] = ["FFSplit.Checkpoints"],
        ["FFSplit.Runtime"] = ["FFSplit.Checkpoints"],
        ["FFSplit.Extensions.AI"] = ["FFSplit.Runtime"],
        ["FFSplit.Experiments"] =
        [
            "FFSplit.Checkpoints", "FFSplit.Evaluation", "FFSplit.Modeling", "FFSplit.Compression", "FFSplit.Onnx", "FFSplit.Runtime",
            "FFSplit.Extensions.AI",
        ],
        ["FFSplit.Cli"] =
        [
            "FFSplit.Checkpoints", "FFSplit.Evaluation", "FFSplit.Modeling", "FFSplit.Compression", "FFSplit.Onnx", "FFSplit.Runtime",
            "FFSplit.Extensions.AI", "FFSplit.Experiments",
        ],
    };

    /// <summary>Heavy packages, by the beginning of their names, and the one project that may reference them.</summary>
    static readonly Dictionary<string, string> Owners = new()
    {
        ["TorchSharp"] = "FFSplit.Modeling",
        ["libtorch"] = "FFSplit.Modeling",
        ["Microsoft.ML.OnnxRuntime"] = "FFSplit.Runtime",
    };

    /// <summary>Tests that run exported models by ONNX Runtime itself, so that the library under test is not its own judge.</summary>
    static readonly string[] JudgeByOnnxRuntime = ["FFSplit.Tests", "FFSplit.Torch.Tests"];

    static readonly string[] SeeTorch = ["FFSplit.Modeling", "FFSplit.Compression", "FFSplit.Experiments", "FFSplit.Cli"];

    public static TheoryData<string> SourceProjects => [.. Projects("src")];

    public static TheoryData<string> AllProjects => [.. Projects("src"), .. Projects("test"), .. Projects("samples"), .. Projects("bench")];

    [Theory, MemberData(nameof(SourceProjects))]
    public void A_project_references_only_what_the_table_allows(string project)
    {
        Assert.True(MaySee.TryGetValue(NameOf(project), out var allowed), $"{project} is not in the table of who may see whom");
        Assert.Empty(Items(project, "ProjectReference").Select(NameOf).Except(allowed));
    }

    [Theory, MemberData(nameof(AllProjects))]
    public void Torch_and_ONNX_Runtime_are_referenced_by_their_owners_alone(string project)
    {
        foreach (var package in Items(project, "PackageReference"))
        {
            foreach (var (prefix, owner) in Owners.Where(o => package.StartsWith(o.Key, StringComparison.OrdinalIgnoreCase)))
                Assert.True(NameOf(project) == owner || package == "Microsoft.ML.OnnxRuntime" && JudgeByOnnxRuntime.Contains(NameOf(project)), $"{project} references {package}, which belongs in {owner}");
        }
    }

    [Theory, MemberData(nameof(AllProjects))]
    public void Torch_reaches_only_those_who_may_load_it(string project)
    {
        var name = NameOf(project);
        if (SeeTorch.Contains(name) || name == "FFSplit.Torch.Tests" || project.StartsWith("bench", StringComparison.Ordinal))
            return;
        // A reference passes on what it references itself, so the lock file is the judge.
        var lockFile = File.ReadAllText(Path.Combine(Folder(project), "packages.lock.json"));
        Assert.DoesNotContain("\"TorchSharp\"", lockFile, StringComparison.Ordinal);
        Assert.DoesNotContain("\"libtorch", lockFile, StringComparison.OrdinalIgnoreCase);
    }

    [Theory, MemberData(nameof(AllProjects))]
    public void A_project_is_in_the_solution_and_has_a_lock_file(string project)
    {
        var solution = XDocument.Load(Path.Combine(TestFolders.Repository, "FFSplit.slnx"));
        Assert.Contains(project, solution.Descendants("Project").Select(p => (string?)p.Attribute("Path")));
        Assert.True(File.Exists(Path.Combine(Folder(project), "packages.lock.json")), $"{project} has no packages.lock.json: restore on Linux");
    }

    /// <summary>Project files below a folder, relative to the repository, with forward slashes.</summary>
    static IEnumerable<string> Projects(string folder)
    {
        var root = Path.Combine(TestFolders.Repository, folder);
        return !Directory.Exists(root) ? [] : Directory.EnumerateFiles(root, "*.csproj", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(TestFolders.Repository, path).Replace('\\', '/')).Order(StringComparer.Ordinal);
    }

    static IEnumerable<string> Items(string project, string kind)
        => XDocument.Load(Path.Combine(TestFolders.Repository, project)).Descendants(kind).Select(item => (string?)item.Attribute("Include") ?? "");

    static string Folder(string project) => Path.Combine(TestFolders.Repository, Path.GetDirectoryName(project)!);

    static string NameOf(string project) => Path.GetFileNameWithoutExtension(project.Replace('\\', '/'));
}
