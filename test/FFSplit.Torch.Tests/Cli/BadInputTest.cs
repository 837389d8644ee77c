using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>What bad input gets, of the whole process: an exit code, a message with thing, expected, found and remedy, nothing left behind,
/// the input untouched.</summary>
public sealed class BadInputTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model, _text;

    public BadInputTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        _text = TinyModel.Text(_folder.File("text.txt"));
    }

    string Output => _folder.File("out");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_unknown_model_type_is_refused()
    {
        TinyModel.Configure(_model, "model_type", "shepherd");
        Refused(3, "inspect", _model).Says("model_type", "expected one of", "'shepherd'", "Use a checkpoint of a supported family.");
        Refused(3, "compress", _model, "-o", Output).Says("'shepherd'");
    }

    [Fact]
    public void An_unsupported_activation_is_refused()
    {
        TinyModel.Configure(_model, "hidden_act", "snake");
        Refused(3, "compress", _model, "--data", _text, "-o", Output)
            .Says("hidden_act", "expected one of the activations", "'snake'", "Use a checkpoint");
    }

    [Fact]
    public void A_config_key_that_is_not_understood_is_refused_and_can_be_let_through_for_good()
    {
        TinyModel.Configure(_model, "logit_wobble", 2);
        Refused(3, "compress", _model, "--data", _text, "-o", Output)
            .Says("'logit_wobble'", "expected only keys that this version understands", "found the value 2", "--allow-config logit_wobble");
        CliProcess.Run("compress", _model, "--data", _text, "-o", Output, "--allow-config", "logit_wobble").Ended(0);
        Assert.Equal("logit_wobble",
            (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "ffsplit.json")))!["allowed_config"]![0]);
        Assert.Equal("logit_wobble",
            (string?)JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "config.json")))!["ffsplit"]!["allowed_config"]![0]);
        var inspected = CliProcess.Run("inspect", Output, "--json").Ended(0).Json();
        Assert.Equal("logit_wobble", inspected.GetProperty("allowed_config")[0].GetString());
    }

    [Fact]
    public void A_token_id_without_an_embedding_row_is_refused()
    {
        File.AppendAllText(Path.Combine(_model, "vocab.txt"), "lighthouse\n");
        File.WriteAllText(_text, "the lighthouse was old\n");
        Refused(3, "analyze", _model, "--data", _text).Says("Token id 25", "expected an id below 25", "found 25");
    }

    [Fact]
    public void Empty_data_is_refused()
    {
        File.WriteAllText(_text, "");
        Refused(3, "compress", _model, "--data", _text, "-o", Output)
            .Says("text.txt", "expected at least one text", "the data is empty", "Give a file that holds text.");
    }

    [Fact]
    public void Binary_data_is_refused()
    {
        File.WriteAllBytes(_text, [80, 75, 3, 4, 0, 0, 1, 2]);
        Refused(3, "compress", _model, "--data", _text, "-o", Output)
            .Says("text.txt", "expected text in UTF-8", "binary data (a zero byte at offset 4)", "Give a text, JSONL, TSV, CSV or Parquet file.");
    }

    [Fact]
    public void A_missing_column_is_refused()
    {
        var table = TinyModel.Pairs(_folder.File("pairs.tsv"));
        Refused(3, "analyze", _model, "--data", table, "--text", "sentense1")
            .Says("'sentense1'", "'sentence1', 'sentence2', 'score'", "found no such column", "Give --text, --text-pair or --label");
    }

    [Theory]
    [InlineData("--heavy", "0")]
    [InlineData("--heavy", "1.5")]
    [InlineData("--heavy", "NaN")]
    [InlineData("--rank", "0")]
    [InlineData("--rank", "1.01")]
    public void A_fraction_out_of_range_is_bad_usage(string option, string value)
        => Refused(2, "compress", _model, "--data", _text, "-o", Output, option, value)
            .Says(option, "expected a fraction above 0 and at most 1", $"found {value}", "Give for example", "--help");

    [Fact]
    public void A_plan_for_another_model_is_refused()
    {
        var other = TinyModel.Encoder(_folder.File("other"), seed: 2);
        var plan = _folder.File("plan.json");
        CliProcess.Run("plan", other, "--importance", "random", "-o", plan).Ended(0);
        Refused(3, "compress", _model, "--plan", plan, "-o", Output)
            .Says("plan.json", "expected a plan for the weights of", "found one for other",
            "Make a plan for this model with 'ffsplit plan'.");
        var deeper = TinyModel.Encoder(_folder.File("deeper"), new TinySize(Layers: 3));
        Refused(3, "compress", deeper, "--plan", plan, "-o", Output).Says("expected a plan for 3 layers", "found one for 2");
    }

    [Fact]
    public void A_pickle_that_names_a_foreign_callable_is_refused_and_does_nothing()
    {
        var witness = _folder.File("executed");
        File.Delete(Path.Combine(_model, "model.safetensors"));
        // Protocol 2: os.system(command) by GLOBAL and REDUCE.
        var command = $"touch {witness}";
        byte[] pickle = [0x80, 2, .. "cos\nsystem\n"u8, (byte)'X', (byte)command.Length, 0, 0, 0, .. Encoding.UTF8.GetBytes(command), 0x85,
            (byte)'R', (byte)'.'];
        using (var archive = ZipFile.Open(Path.Combine(_model, "pytorch_model.bin"), ZipArchiveMode.Create))
            foreach (var (name, bytes) in new[] { ("archive/data.pkl", pickle), ("archive/version", "3\n"u8.ToArray()) })
            {
                using var entry = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(bytes);
            }
        Refused(3, "inspect", _model).Says("pytorch_model.bin", "expected", "os", "system");
        Refused(3, "compress", _model, "--data", _text, "-o", Output);
        Assert.False(File.Exists(witness));
    }

    [Fact]
    public void An_output_that_exists_is_refused_unless_forced()
    {
        CliProcess.Run("compress", _model, "--data", _text, "-o", Output).Ended(0);
        var before = Snapshot.Of(Output);
        Refused(2, "compress", _model, "--data", _text, "--heavy", "0.5", "-o", Output)
            .Says("out exists already", "Choose another folder", "--force");
        Assert.Equal(before, Snapshot.Of(Output));
        CliProcess.Run("compress", _model, "--data", _text, "--heavy", "0.5", "-o", Output, "--force").Ended(0);
        Assert.NotEqual(before, Snapshot.Of(Output));
        Assert.Equal(32, CliProcess.Run("inspect", Output, "--json").Ended(0).Json().GetProperty("layers")[0].GetProperty("heavy")
            .GetInt32());
    }

    [Fact]
    public void An_output_that_is_the_input_or_no_model_is_never_replaced()
    {
        Refused(2, "compress", _model, "--data", _text, "-o", _model, "--force").Says("is the input");
        Directory.CreateDirectory(Output);
        File.WriteAllText(Path.Combine(Output, "diary.txt"), "dear diary");
        Refused(2, "compress", _model, "--data", _text, "-o", Output, "--force").Says("holds neither config.json nor ffsplit.json");
    }

    [Fact]
    public void Files_that_exist_are_refused_unless_forced()
    {
        var file = _folder.File("kept");
        File.WriteAllText(file, "kept");
        Refused(2, "plan", _model, "--importance", "random", "-o", file).Says("kept exists already", "--force");
        Refused(2, "analyze", _model, "--data", _text, "-o", file).Says("kept exists already", "--force");
        CliProcess.Run("plan", _model, "--importance", "random", "-o", file, "--force").Ended(0);
    }

    [Theory]
    [InlineData("nowhere", "nothing there")]
    [InlineData("text.txt", "a file")]
    public void A_model_that_is_not_there_is_refused(string name, string found)
        => Refused(3, "inspect", _folder.File(name))
            .Says(name, "expected a folder with a Hugging Face model", found, "Give the folder that holds config.json");

    [Fact]
    public void A_folder_without_config_is_refused()
    {
        Directory.CreateDirectory(_folder.File("empty"));
        Refused(3, "inspect", _folder.File("empty")).Says("config.json", "no such file");
    }

    [Fact]
    public void Statistics_of_another_model_are_refused()
    {
        var file = _folder.File("other.safetensors");
        CliProcess.Run("analyze", TinyModel.Encoder(_folder.File("other"), seed: 2), "--data", _text, "-o", file).Ended(0);
        Refused(3, "compress", _model, "--statistics", file, "-o", Output)
            .Says("expected statistics of the weights in", "found those of other");
        Refused(3, "compress", _model, "--statistics", Path.Combine(_model, "model.safetensors"), "-o", Output)
            .Says("expected a statistics file");
    }

    [Fact]
    public void A_full_disk_is_told_before_anything_is_written_and_while_writing()
    {
        var disk = _folder.File("disk");
        Directory.CreateDirectory(disk);
        if (!OperatingSystem.IsLinux() || !Succeeds("mount", "-t", "tmpfs", "-o", "size=8k", "ffsplit-test", disk))
            Assert.Skip("needs to mount a small tmpfs, which takes root on Linux");
        try
        {
            var small = new[] { "compress", _model, "--data", _text, "-o", Path.Combine(disk, "out") };
            Refused(4, small).Says("the disk is full", "bytes are needed", "are free", "Make room");
            // Nobody foresees the size of statistics: this one fails in the middle.
            Refused(4, "analyze", _model, "--data", _text, "-o", Path.Combine(disk, "s.safetensors")).Says("the disk is full", "Make room");
            Assert.Empty(Directory.EnumerateFileSystemEntries(disk));
        }
        finally
        {
            Assert.True(Succeeds("umount", disk));
        }
    }

    [Fact]
    public void Interrupted_in_the_middle_it_leaves_nothing_and_says_so()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs kill -INT, which Windows lacks");
        var model = TinyModel.Encoder(_folder.File("larger"), new TinySize(Hidden: 384, Intermediate: 1536, Layers: 12));
        var parent = Directory.CreateDirectory(_folder.File("parent")).FullName;
        var before = Snapshot.Of(model);
        // While the folder is being written under its hidden name.
        var run = CliProcess.Run(["compress", model, "--importance", "random", "--rank", "1", "--threads", "1", "-o",
            Path.Combine(parent, "out")],
            process => InterruptWhen(process,
                () => Directory.EnumerateFiles(parent, "*.safetensors*",
                new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Any()));
        run.Ended(130).Says("cancelled");
        Assert.Empty(run.Output);
        Assert.Empty(Snapshot.Of(parent));
        Assert.Equal(before, Snapshot.Of(model));
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void Interrupted_while_calibrating_it_leaves_nothing_and_says_so(string signal)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("needs kill -INT, which Windows lacks");
        TinyModel.Text(_text, lines: 400_000);
        var before = Snapshot.Of(_folder.Path);
        CliProcess.Run(["analyze", _model, "--data", _text, "--max-tokens", "100000000", "--threads", "1", "-o", Output], process =>
        {
            Thread.Sleep(2000);
            Assert.False(process.HasExited, "it ended before it could be interrupted");
            CliProcess.Interrupt(process, signal);
        }).Ended(130).Says("cancelled");
        Assert.Equal(before, Snapshot.Of(_folder.Path));
    }

    // The folder as a whole is what must not have changed: no output, no hidden sibling, no touched input.
    CliRun Refused(int code, params string[] arguments)
    {
        var before = Snapshot.Of(_folder.Path);
        var run = CliProcess.Run(arguments).Ended(code);
        Assert.StartsWith("error: ",
            string.Join('\n', run.Error.Split('\n').SkipWhile(line => !line.StartsWith("error: ", StringComparison.Ordinal))),
            StringComparison.Ordinal);
        Assert.Empty(run.Output);
        Assert.Equal(before, Snapshot.Of(_folder.Path));
        return run;
    }

    static void InterruptWhen(Process process, Func<bool> ready)
    {
        while (!process.HasExited)
        {
            if (ready())
            {
                CliProcess.Interrupt(process);
                return;
            }
            Thread.Sleep(5);
        }
    }

    static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
