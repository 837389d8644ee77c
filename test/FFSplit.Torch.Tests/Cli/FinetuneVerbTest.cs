using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>Training as a process: what it shows, and what is left when it is stopped.</summary>
public sealed class FinetuneVerbTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model, _data;

    public FinetuneVerbTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        string[] lines = [.. File.ReadAllLines(TinyModel.Text(_folder.File("text.txt"), 400))];
        _data = _folder.File("train.tsv");
        File.WriteAllLines(_data, ["sentence\tlabel", .. lines.Select((l, i) => $"{(i % 2 == 0 ? "sea " : "rain ")}{l}\t{i % 2}")]);
    }

    public void Dispose() => _folder.Dispose();

    string[] Command(string output, params string[] more)
        => ["finetune", _model, "--task", "classification", "--data", _data, "--epochs", "3", "--batch-size", "4", "--threads", "1",
            "--save-every", "5", "-o", _folder.File(output), .. more];

    [Fact]
    public void It_says_what_it_does_and_what_came_out()
    {
        var run = CliProcess.Run(Command("out")).Ended(0).Says("note: Products are done in", "note: A new head is made (seed 0): ",
            "classifier.weight", "loss ", "tokens/s");
        foreach (var part in new[] { "accuracy", "kept", "as stored", "parameters trained" }) Assert.Contains(part, run.Output,
            StringComparison.Ordinal);
        Assert.True(File.Exists(_folder.File("out/training.json")));
        var again = CliProcess.Run(Command("out", "--force", "--json")).Ended(0).Json();
        Assert.Equal(270, again.GetProperty("training").GetProperty("steps").GetInt32());
        CliProcess.Run(Command("out")).Ended(2).Says("exists already", "--force");
        CliProcess.Run(Command("other", "--temperature", "3")).Ended(2).Says("--temperature", "--teacher");
        CliProcess.Run("finetune", "--help").Ended(0);
    }

    [Fact]
    public void A_teacher_of_other_words_at_the_same_ids_is_refused()
    {
        var teacher = TinyModel.Encoder(_folder.File("teacher"));
        var words = Path.Combine(teacher, "vocab.txt");
        var changed = File.ReadAllText(words).Replace("\nsea\n", "\nlake\n", StringComparison.Ordinal);
        Assert.NotEqual(changed, File.ReadAllText(words));
        CliProcess.Run(Command("out", "--teacher", teacher, "--logits-weight", "0", "--max-steps", "2")).Ended(0);
        File.WriteAllText(words, changed);
        CliProcess.Run(Command("other", "--teacher", teacher, "--logits-weight", "0")).Ended(3).Says("the teacher's vocabulary", "'sea'", "'lake'");
    }

    [Fact]
    public void What_a_run_did_not_write_is_left_alone_and_a_damaged_checkpoint_is_named()
    {
        var own = Path.Combine(Directory.CreateDirectory(_folder.File("out.training")).FullName, "mine.txt");
        File.WriteAllText(own, "mine");
        CliProcess.Run(Command("out")).Ended(0);
        Assert.Equal([own], Directory.GetFileSystemEntries(_folder.File("out.training")));
        File.WriteAllText(_folder.File("out.training/state.safetensors"), "junk");
        CliProcess.Run([.. Command("out"), "--force"]).Ended(3).Says("state.safetensors", "--restart");
        CliProcess.Run([.. Command("out"), "--force", "--restart"]).Ended(0);
        Assert.Equal([own], Directory.GetFileSystemEntries(_folder.File("out.training")));
    }

    [Fact]
    public void Killed_and_interrupted_at_any_time_the_same_command_ends_with_the_same_weights()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs kill -INT, which Windows lacks");
        CliProcess.Run(Command("whole")).Ended(0);
        var state = _folder.File("out.training/state.safetensors");
        var random = new Random(Environment.TickCount);
        for (var i = 0; i < 3; i++)
        {
            var run = CliProcess.Run(Command("out"), process =>
            {
                var begun = File.Exists(state) ? File.GetLastWriteTimeUtc(state) : DateTime.MinValue;
                while (!process.HasExited && (!File.Exists(state) || File.GetLastWriteTimeUtc(state) == begun)) Thread.Sleep(2);
                Thread.Sleep(random.Next(60));
                if (process.HasExited) return;
                if (i == 1) CliProcess.Interrupt(process);
                else process.Kill();
            });
            if (run.Code == 0) break;
            if (i == 1) run.Ended(130).Says("the same command goes on from there", "cancelled");
            Assert.False(Directory.Exists(_folder.File("out")));
            CliProcess.Run(Command("out", "--learning-rate", "0.1")).Ended(2).Says("--learning-rate", "--restart");
        }
        if (!Directory.Exists(_folder.File("out"))) CliProcess.Run(Command("out")).Ended(0).Says("goes on after step");
        Assert.Equal(File.ReadAllBytes(_folder.File("whole/model.safetensors")), File.ReadAllBytes(_folder.File("out/model.safetensors")));
        Assert.False(Directory.Exists(_folder.File("out.training")));
    }
}
