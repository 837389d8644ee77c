using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Docs;

/// <summary>The README shows code that compiles and runs.</summary>
public class ReadmeTest
{
    static readonly string Readme = File.ReadAllText(Path.Combine(TestFolders.Repository, "README.md")).ReplaceLineEndings("\n");

    [Fact]
    public void The_example_is_the_one_that_is_compiled()
    {
        var source = File.ReadAllText(Path.Combine(TestFolders.Repository, "test", "FFSplit.Torch.Tests", "Docs", "ReadmeExample.cs")).ReplaceLineEndings("\n");
        var example = source.Split("// README: begin\n")[1].Split("// README: end")[0];
        Assert.Contains($"```csharp\n{example}```", Readme, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_compresses_a_model_and_embeds_a_sentence()
    {
        using var temporary = new TemporaryFolder();
        var model = TinyModel.Encoder(temporary.File("model"));
        var sentences = temporary.File("sentences.txt");
        File.WriteAllLines(sentences, ["the sea was calm", "a ship came home at night", "old men sang songs"]);
        var vector = FirstSplit.Compress(model, sentences, temporary.File("out"));
        Assert.Equal(24, vector.Length);
        Assert.True(vector.All(float.IsFinite));
    }

    [Fact]
    public void The_two_commands_are_there_once_each()
    {
        var lines = Readme.Split('\n').Select(l => l.Trim()).ToArray();
        Assert.Single(lines, l => l == "dotnet run -c Release --project src/FFSplit.Cli -- demo");
        Assert.Single(lines, l => l == "dotnet test -c Release");
    }
}
