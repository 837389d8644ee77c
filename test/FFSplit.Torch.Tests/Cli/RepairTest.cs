using System.Text.Json.Nodes;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary><c>compress --repair</c> as a process.</summary>
public sealed class RepairTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model;
    readonly string _text;

    public RepairTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        var random = new Random(3);
        string[] words = ["the", "sea", "was", "calm", "and", "a", "ship", "came", "home", "at", "night", "with", "old", "men"];
        _text = _folder.Write("text.txt", string.Join('\n', Enumerable.Range(0, 400).Select(_ => string.Join(' ', Enumerable.Range(0, 12).Select(_ => words[random.Next(words.Length)])))));
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("low-rank")]
    [InlineData("none")]
    [InlineData("linear")]
    public void It_reports_what_was_won_and_writes_it_down(string light)
    {
        var output = _folder.File("out");
        var run = CliProcess.Run("compress", _model, "--data", _text, "--light", light, "--repair", "-o", output, "--json").Ended(0);
        foreach (var layer in run.Json().GetProperty("repair").EnumerateArray())
            Assert.True(layer.GetProperty("after").GetDouble() < layer.GetProperty("before").GetDouble());
        var record = JsonNode.Parse(File.ReadAllText(Path.Combine(output, "ffsplit.json")))!;
        Assert.Equal(2, record["repair"]!.AsArray().Count);
        Assert.True((bool)record["plan"]!["repair"]!);
        CliProcess.Run("inspect", output).Ended(0);
    }

    [Fact]
    public void It_needs_tokens_to_fit_on()
    {
        CliProcess.Run("compress", _model, "--repair", "-o", _folder.File("out")).Ended(2).Says("--repair", "--data");
        CliProcess.Run("compress", _model, "--light", "linear", "--data", _text, "-o", _folder.File("out")).Ended(2).Says("--light linear");
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void A_repaired_models_plan_is_not_repaired_on_some_other_text()
    {
        CliProcess.Run("compress", _model, "--data", _text, "--repair", "-o", _folder.File("out")).Ended(0);
        var plan = JsonNode.Parse(File.ReadAllText(_folder.File("out/ffsplit.json")))!["plan"]!;
        var path = _folder.Write("plan.json", plan.ToJsonString());
        CliProcess.Run("compress", _model, "--plan", path, "-o", _folder.File("again")).Ended(2).Says(path, "repair", "--data");
        Assert.False(Directory.Exists(_folder.File("again")));
        plan["repair"] = false;
        _folder.Write("plan.json", plan.ToJsonString());
        CliProcess.Run("compress", _model, "--plan", path, "-o", _folder.File("again")).Ended(0);
    }
}
