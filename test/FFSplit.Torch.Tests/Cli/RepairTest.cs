using System.Text.Json;
using System.Text.Json.Nodes;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>Repair in <c>compress</c>, as a process.</summary>
public sealed class RepairTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model;
    readonly string _text;

    public RepairTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        _text = TinyModel.Text(_folder.File("text.txt"), lines: 400, seed: 3);
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

    [Theory]
    [InlineData(true, "--method", "vanilla")]
    [InlineData(true, "--light", "linear")]
    [InlineData(false, "--method", "paper")]
    [InlineData(false, "--method", "prune-light", "--no-repair")]
    public void With_data_it_is_the_default_of_every_method_but_the_papers(bool repaired, params string[] options)
    {
        string[] command = ["compress", _model, "--data", _text, .. options, "-o", _folder.File("out"), "--json"];
        var dry = CliProcess.Run([.. command, "--dry-run"]).Ended(0).Json();
        Assert.Equal(repaired, dry.GetProperty("repair_seconds").GetDouble() > 0);
        var run = CliProcess.Run(command).Ended(0);
        Assert.Equal(repaired, run.Json().GetProperty("repair").ValueKind == JsonValueKind.Array);
        Assert.Equal(dry.GetProperty("sizes").GetProperty("tensor_bytes").ToString(),
            run.Json().GetProperty("sizes").GetProperty("tensor_bytes").ToString());
        Assert.DoesNotContain("Repair is off", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("statistics hold no tokens", "--statistics", "s.safetensors", "--method", "prune-light")]
    [InlineData("a plan holds no tokens", "--plan", "plan.json")]
    [InlineData("without --data there is no text of yours", "--max-tokens", "300", "--light", "none")]
    public void Without_data_it_is_off_and_that_is_said_unless_it_was_declined(string said, params string[] options)
    {
        var (statistics, plan, output) = (_folder.File("s.safetensors"), _folder.File("plan.json"), _folder.File("out"));
        if (options[0] == "--statistics") CliProcess.Run("analyze", _model, "--data", _text, "-o", statistics).Ended(0);
        if (options[0] == "--plan") CliProcess.Run("plan", _model, "--data", _text, "--method", "prune-light", "-o", plan).Ended(0);
        string[] command = ["compress", _model, .. options.Select(o => Path.HasExtension(o) ? _folder.File(o) : o), "-o", output, "--json"];
        CliProcess.Run([.. command, "--repair"]).Ended(2).Says("--repair", "Give --data");
        CliProcess.Run([.. command, "--dry-run"]).Ended(0).Says("note: Repair is off", said);
        var run = CliProcess.Run(command).Ended(0).Says("note: Repair is off", said, "--data");
        Assert.Equal(JsonValueKind.Null, run.Json().GetProperty("repair").ValueKind);
        run = CliProcess.Run([.. command, "--no-repair", "--force"]).Ended(0);
        Assert.DoesNotContain("Repair is off", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--statistics")]
    [InlineData("--plan")]
    public void Beside_a_plan_or_statistics_the_text_serves_the_repair_alone(string chooser)
    {
        var (file, output) = (_folder.File("chosen.safetensors"), _folder.File("out"));
        string[] method = chooser == "--statistics" ? ["--method", "prune-light"] : [];
        var other = TinyModel.Text(_folder.File("other.txt"), lines: 300, seed: 8);
        if (chooser == "--statistics") CliProcess.Run("analyze", _model, "--data", other, "-o", file).Ended(0);
        else CliProcess.Run("plan", _model, "--data", other, "--method", "prune-light", "-o", file).Ended(0);
        CliProcess.Run(["compress", _model, chooser, file, .. method, "-o", _folder.File("raw")]).Ended(0);
        string[] command = ["compress", _model, chooser, file, .. method, "--data", _text, "-o", output, "--json"];
        Assert.True(CliProcess.Run([.. command, "--dry-run"]).Ended(0).Json().GetProperty("repair_seconds").GetDouble() > 0);
        var run = CliProcess.Run(command).Ended(0);
        foreach (var layer in run.Json().GetProperty("repair").EnumerateArray())
            Assert.True(layer.GetProperty("after").GetDouble() < layer.GetProperty("before").GetDouble());
        var (raw, repaired) = (PlanOf("raw"), PlanOf("out"));
        Assert.Equal(raw["layers"]!.ToJsonString(), repaired["layers"]!.ToJsonString());
        Assert.StartsWith($"{raw["data"]}; repaired on ", $"{repaired["data"]}", StringComparison.Ordinal);
        Assert.Contains("text.txt", $"{repaired["data"]}", StringComparison.Ordinal);
        CliProcess.Run([.. command, "--force", "--no-repair"]).Ended(2).Says("--data", chooser, "--repair");

        JsonNode PlanOf(string folder) => JsonNode.Parse(File.ReadAllText(_folder.File($"{folder}/ffsplit.json")))!["plan"]!;
    }

    [Fact]
    public void A_plan_by_a_kind_of_light_part_is_repaired_where_its_method_is()
    {
        var plan = _folder.File("plan.json");
        CliProcess.Run("plan", _model, "--light", "dense", "--data", _text, "-o", plan).Ended(0);
        // Kept whole, the light part is not repaired by default.
        string[] command = ["compress", _model, "--plan", plan, "--data", _text, "-o", _folder.File("out")];
        CliProcess.Run(command).Ended(2).Says("--data", "--repair");
        CliProcess.Run([.. command, "--repair"]).Ended(0);
    }

    [Fact]
    public void Contradictions_are_bad_usage()
    {
        var output = _folder.File("out");
        Refused("exclude each other", "--data", _text, "--repair", "--no-repair");
        Refused("--light linear", "--light", "linear");
        Refused("--light linear", "--light", "linear", "--data", _text, "--no-repair");
        CliProcess.Run("plan", _model, "--light", "linear", "--data", _text, "-o", output).Ended(2).Says("--light linear", "compress");

        void Refused(string said, params string[] options)
        {
            CliProcess.Run(["compress", _model, .. options, "-o", output]).Ended(2).Says(said);
            Assert.False(Directory.Exists(output));
        }
    }

    [Fact]
    public void A_repaired_models_plan_is_not_repaired_on_some_other_text()
    {
        CliProcess.Run("compress", _model, "--data", _text, "--light", "linear", "-o", _folder.File("linear")).Ended(0);
        CliProcess.Run("compress", _model, "--data", _text, "--repair", "-o", _folder.File("out")).Ended(0);
        string PlanOf(string folder) => _folder.Write($"{folder}.json",
            JsonNode.Parse(File.ReadAllText(_folder.File($"{folder}/ffsplit.json")))!["plan"]!.ToJsonString());
        var plan = PlanOf("out");
        CliProcess.Run("compress", _model, "--plan", plan, "-o", _folder.File("again")).Ended(2).Says(plan, "--no-repair", "--data");
        Assert.False(Directory.Exists(_folder.File("again")));
        CliProcess.Run("compress", _model, "--plan", PlanOf("linear"), "--data", _text, "-o", _folder.File("fitted")).Ended(0);
        Assert.Equal(File.ReadAllBytes(_folder.File("linear/ffsplit.safetensors")), File.ReadAllBytes(_folder.File("fitted/ffsplit.safetensors")));
        CliProcess.Run("compress", _model, "--plan", PlanOf("linear"), "--no-repair", "-o", _folder.File("again")).Ended(3)
            .Says("layer 0, light", "linear");
        CliProcess.Run("compress", _model, "--plan", plan, "--no-repair", "-o", _folder.File("again")).Ended(0);
    }

    [Theory]
    [InlineData("low-rank")]
    [InlineData("none")]
    [InlineData("linear")]
    public void Few_tokens_are_warned_of_with_the_number_and_do_no_harm(string light)
    {
        // Ten tokens with those that the tokenizer adds; the last line is held out.
        var text = _folder.Write("few.txt", "the sea was\nold men sang");
        var run = CliProcess.Run("compress", _model, "--data", text, "--light", light, "--repair", "-o", _folder.File("out"), "--json")
            .Ended(0).Says("unknowns an output on 5 tokens", "are better", "Stronger ridges");
        foreach (var layer in run.Json().GetProperty("repair").EnumerateArray())
        {
            Assert.Equal(5, layer.GetProperty("tokens").GetInt64());
            Assert.True(double.IsFinite(layer.GetProperty("after").GetDouble()));
            Assert.True(layer.GetProperty("after").GetDouble() <= layer.GetProperty("before").GetDouble());
        }
        var pairs = TinyModel.Pairs(_folder.File("pairs.tsv"));
        var judged = CliProcess.Run("evaluate", _model, _folder.File("out"), "--task", "sts-b", "--data", pairs, "--json").Ended(0).Json();
        Assert.True(double.IsFinite(judged.GetProperty("models")[1].GetProperty("result").GetProperty("value").GetDouble()));
        var single = CliProcess.Run("compress", _model, "--data", _folder.Write("one.txt", "the sea"), "--light", light, "--repair", "-o",
            _folder.File("one"));
        if (light == "linear")
        {
            // Without a repair its map would be zero.
            single.Ended(3).Says("one.txt", "at least two samples", "--light none");
            Assert.False(Directory.Exists(_folder.File("one")));
            return;
        }
        single.Ended(0).Says("a single sample");
        Assert.Contains("This is the raw split", single.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", single.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("did not lower", single.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_and_interrupted_the_same_command_goes_on_and_ends_with_the_same_bytes()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs kill -INT, which Windows lacks");
        var model = TinyModel.Encoder(_folder.File("larger"), new TinySize(Hidden: 192, Intermediate: 768, Layers: 12));
        var parent = Directory.CreateDirectory(_folder.File("parent")).FullName;
        string[] Command(string output, params string[] more)
            => ["compress", model, "--data", _text, "--light", "none", "--threads", "1", "-o", Path.Combine(parent, output), .. more];
        CliProcess.Run(Command("whole")).Ended(0);
        for (var i = 0; i < 2; i++)
        {
            var run = CliProcess.Run(Command("out"), process =>
            {
                var block = Path.Combine(parent, "out.repair", $"{3 * i + 1:D4}.safetensors");
                while (!process.HasExited && !File.Exists(block)) Thread.Sleep(1);
                if (i == 0) process.Kill();
                else CliProcess.Interrupt(process);
            });
            if (i == 1) run.Ended(130).Says("the same command goes on from there", "cancelled");
            Assert.Equal(["out.repair", "whole"], Entries());
        }
        CliProcess.Run(Command("out", "--heavy", "0.3")).Ended(2).Says("--heavy", "begun with 0.25", "now it is 0.3", "--restart");
        CliProcess.Run(Command("out")).Ended(0).Says("note: The unfinished repair in", "goes on after");
        Assert.Equal(Snapshot.Of(Path.Combine(parent, "whole")), Snapshot.Of(Path.Combine(parent, "out")));
        Assert.Equal(["out", "whole"], Entries());

        // Hidden ones too.
        string[] Entries()
            => [.. new DirectoryInfo(parent).EnumerateFileSystemInfos().Select(e => e.Name).Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void A_restart_throws_away_what_was_unfinished()
    {
        Directory.CreateDirectory(_folder.File("out.repair"));
        var left = _folder.Write("out.repair/0000.safetensors", "of another command");
        string[] command = ["compress", _model, "--data", _text, "--light", "none", "-o", _folder.File("out")];
        CliProcess.Run(command).Ended(3).Says(left, "--restart");
        CliProcess.Run([.. command, "--restart"]).Ended(0);
        Assert.False(Directory.Exists(_folder.File("out.repair")));
    }
}
