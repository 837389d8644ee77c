using System.Text.Json.Nodes;
using FFSplit.Checkpoints;
using FFSplit.Experiments;
using FFSplit.Experiments.Reports;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Experiments;

/// <summary>Every experiment on a tiny model and a task of a few sentences.</summary>
public sealed class ExperimentJobTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model;
    readonly string _task;

    public ExperimentJobTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        _task = Directory.CreateDirectory(_folder.File("task")).FullName;
        string[] lines = File.ReadAllLines(TinyModel.Text(_folder.File("text.txt"), 90));
        foreach (var (file, part) in new[] { ("train.tsv", lines[..60]), ("dev.tsv", lines[60..]) })
            File.WriteAllLines(Path.Combine(_task, file),
                ["sentence\tlabel", .. part.Select((l, i) => $"{(i % 2 == 0 ? "sea " : "rain ")}{l}\t{i % 2}")]);
    }

    public void Dispose() => _folder.Dispose();

    ExperimentOptions Options(string output = "out") => new()
    {
        Model = _model,
        Task = "sst-2",
        Data = [_task],
        Output = _folder.File(output),
        Epochs = 1,
        DenseEpochs = 1,
        LearningRates = [1e-3],
        Command = "ffsplit experiment",
    };

    [Theory]
    [InlineData("heavy-hitters")]
    [InlineData("ablate")]
    [InlineData("compare")]
    [InlineData("sweep")]
    [InlineData("transfer")]
    public void Each_writes_its_report_and_pictures_and_finds_something(string name)
    {
        var options = Options();
        if (name == "transfer") options = options with { Others = [("perplexity", _folder.File("text.txt"))] };
        var (report, files) = ExperimentJob.Run(name, options, cancellation: TestContext.Current.CancellationToken);
        Assert.All(files, f => Assert.True(new FileInfo(f).Length > 0, f));
        Assert.Equal(files.Count, 1 + 2 * report.Charts.Count);
        Assert.NotEmpty(report.Findings);
        Assert.NotEmpty(report.Tables);
        Assert.Contains(name, ExperimentCatalog.All.Select(e => e.Name));
        Assert.Contains(report.Title, ResultsPage.Make(ReportFolder.Read(options.Output), "results", _ => true), StringComparison.Ordinal);
        Assert.All(report.Measurements.SelectMany(m => m.Values), v => Assert.True(double.IsFinite(v.Value), v.Key));
    }

    [Theory]
    [InlineData(60, false)]
    [InlineData(50, null)]
    [InlineData(40, true)]
    public void A_sweep_says_whether_another_share_did_better(double accuracy, bool? holds)
    {
        var options = Options() with { Epochs = 0 };
        Run();
        // Far the best on texts of train, and smaller than the paper's.
        Set(options, "heavy-0.1-rank-0.05-set-aside-0", 101);
        Set(options, "heavy-0.1-rank-0.05-repaired-0", accuracy);
        Set(options, "heavy-0.25-rank-0.1-repaired-0", 50);
        Assert.Equal(holds, Assert.Single(Run().Findings).Holds);

        ExperimentReport Run() => ExperimentJob.Run("sweep", options, cancellation: TestContext.Current.CancellationToken).Report;
    }

    static void Set(ExperimentOptions options, string measurement, double value)
    {
        var path = Assert.Single(Directory.EnumerateFiles(options.WorkFolder, $"{measurement}.json", SearchOption.AllDirectories));
        var json = JsonNode.Parse(File.ReadAllText(path))!;
        json["values"]!["accuracy"] = value;
        File.WriteAllText(path, json.ToJsonString());
    }

    [Theory]
    [InlineData(40, 40, true)]
    [InlineData(70, 60, false)]
    [InlineData(40, 70, null)]
    [InlineData(40, 55, null)]
    public void A_claim_about_neurons_is_decided_where_all_seeds_agree(double first, double second, bool? holds)
    {
        var options = Options() with { Seeds = [0, 1], Others = [("perplexity", _folder.File("text.txt"))] };
        Run("ablate");
        foreach (var (seed, value) in new[] { (0, first), (1, second) })
        {
            Set(options, $"dense-{seed}", 80);
            Set(options, $"without-3-percent-smallest-norm-{seed}", 60);
            Set(options, $"without-3-percent-drawn-{seed}", 55);
            Set(options, $"without-3-percent-largest-norm-{seed}", value);
        }
        Assert.Equal(holds, Assert.Single(Run("ablate")).Holds);

        Run("transfer");
        foreach (var (seed, value) in new[] { (0, first), (1, second) })
        {
            Set(options, $"paper-from-sst-2-{seed}", 60);
            Set(options, $"paper-from-random-neurons-{seed}", 10);
            Set(options, $"paper-from-text-{seed}", 100 - value);
            Set(options, $"paper-from-built-in-text-{seed}", 60);
        }
        Assert.Equal([holds, true], Run("transfer").Select(f => f.Holds));
        Set(options, "paper-from-random-neurons-1", 60);
        Assert.Equal([null, null], Run("transfer").Select(f => f.Holds));

        IReadOnlyList<Finding> Run(string name)
            => ExperimentJob.Run(name, name == "transfer" ? options : options with { Others = [] }, cancellation: TestContext.Current.CancellationToken).Report.Findings;
    }

    [Fact]
    public void Methods_that_do_equally_well_decide_nothing()
    {
        var options = Options() with { Methods = ["paper", "vanilla"], Epochs = 0 };
        Run();
        Set(options, "paper-repaired-0", 70);
        foreach (var (value, holds) in new (double, bool?)[] { (60, true), (80, false), (70, null) })
        {
            Set(options, "vanilla-repaired-0", value);
            Assert.Equal(holds, Assert.Single(Run().Findings, f => f.Claim.Contains("vanilla", StringComparison.Ordinal)).Holds);
        }
        // And it reads back as it was written.
        Assert.Contains(ReportFolder.Read(options.Output)[0].Findings, f => f.Holds is null);

        ExperimentReport Run() => ExperimentJob.Run("compare", options, cancellation: TestContext.Current.CancellationToken).Report;
    }

    [Fact]
    public void A_sweep_says_how_long_and_at_which_step_size_it_tuned_also_where_all_was_measured_before()
    {
        var options = Options() with { MaxSteps = 2 };
        foreach (var _ in new[] { "measured", "read again" })
            Assert.Contains("tuned for 1 epoch, at most 2 steps, with the dense model as teacher, learning rate 1e-3.",
                ExperimentJob.Run("sweep", options, cancellation: TestContext.Current.CancellationToken).Report.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void Latency_needs_no_task()
    {
        var options = Options() with { Task = "", Data = [] };
        var (report, _) = ExperimentJob.Run("latency", options, cancellation: TestContext.Current.CancellationToken);
        Assert.All(report.Measurements, m => Assert.True(m.Values["gain"] > 0));
        // Measurements of no seed are read again too.
        Assert.Equal(report.Measurements.Select(m => m.Name), ReportFolder.Read(options.Output)[0].Measurements.Select(m => m.Name));
        Assert.Equal("model", report.Task);
        Assert.Throws<BadUsageException>(() => ExperimentJob.Run("latency", Options(), cancellation: TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Compare_holds_methods_and_both_neighbouring_depths_against_each_other_at_equal_size()
    {
        var (report, _) = ExperimentJob.Run("compare", Options() with { Seeds = [0, 1] }, cancellation: TestContext.Current.CancellationToken);
        string[] names = [.. report.Measurements.Select(m => m.Name).Distinct()];
        foreach (var name in (string[])["dense", "paper raw", "paper repaired", "paper tuned", "vanilla tuned", "prune-light raw", "linear-light tuned", "1 of 2 layers tuned"])
            Assert.Contains(name, names);
        // Nothing fills a linear map but a repair.
        Assert.DoesNotContain("linear-light raw", names);
        Assert.Equal("", report.Tables[0].Rows.Single(r => r[0] == "linear-light")[2]);
        var blocks = report.Measurements.Where(m => m.Name.EndsWith(" repaired", StringComparison.Ordinal) && !m.Name.Contains("layers", StringComparison.Ordinal))
            .ToLookup(m => m.Name, m => m.Values["block_parameters"]);
        var paper = blocks["paper repaired"].First();
        Assert.All(blocks.SelectMany(b => b), size => Assert.InRange(size, 0.9 * paper, paper));
        Assert.Equal([0L, 1L], report.Measurements.Where(m => m.Name == "paper tuned").Select(m => m.Seed!.Value));
        // Trained anew for each seed, from the same model.
        Assert.Equal(2, Directory.EnumerateDirectories(_folder.File("out.work"), "dense-*", SearchOption.AllDirectories).Count());
    }

    [Theory]
    [InlineData(3e-3, 1e-9)]
    [InlineData(1e-9, 3e-3)]
    public void The_step_size_is_the_one_that_does_best_on_what_is_set_aside(double first, double second)
    {
        var (report, _) = ExperimentJob.Run("compare", Options() with { LearningRates = [first, second], DenseEpochs = 20 },
            cancellation: TestContext.Current.CancellationToken);
        var rates = report.Measurements.Where(m => m.Name.StartsWith("learning rate", StringComparison.Ordinal))
            .ToDictionary(m => m.Name, m => m.Values["validation"]);
        // One of them moves nothing.
        Assert.True(rates["learning rate 3e-3"] > rates["learning rate 1e-9"], $"{rates["learning rate 3e-3"]}");
        Assert.Contains("learning rate 3e-3", report.Paragraph, StringComparison.Ordinal);
    }

    [Fact]
    public void Compressed_models_may_have_a_step_size_of_their_own_which_the_paper_s_split_chooses()
    {
        var options = Options() with { Methods = ["vanilla", "paper"], TunedLearningRates = [1e-9, 3e-3], Epochs = 20 };
        var (report, _) = ExperimentJob.Run("compare", options, cancellation: TestContext.Current.CancellationToken);
        string[] names = [.. report.Measurements.Select(m => m.Name)];
        Assert.True(Array.IndexOf(names, "paper repaired") < Array.IndexOf(names, "tuned learning rate 3e-3"));
        Assert.True(Array.IndexOf(names, "vanilla raw") > Array.IndexOf(names, "tuned learning rate 3e-3"));
        Assert.Single(names, "tuned learning rate 3e-3");
        double Reached(string rate) => report.Measurements.Single(m => m.Name == $"tuned learning rate {rate}").Values["validation"];
        Assert.Contains($"learning rate {(Reached("3e-3") > Reached("1e-9") ? "3e-3" : "1e-9")} (of 1e-9, 3e-3, ", report.Paragraph,
            StringComparison.Ordinal);
        // And it is known where nothing has to be trained any more.
        var (again, _) = ExperimentJob.Run("compare", options, cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(report.Paragraph, again.Paragraph);
        Assert.Equal(report.Measurements.Select(m => m.Name), again.Measurements.Select(m => m.Name));
    }

    [Fact]
    public void Broken_off_anywhere_it_goes_on_and_measures_nothing_twice()
    {
        var (whole, _) = ExperimentJob.Run("compare", Options("whole"), cancellation: TestContext.Current.CancellationToken);
        var taken = new List<string>();
        for (var attempt = 0; ; attempt++)
        {
            Assert.True(attempt < 100);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            var left = 3;
            try
            {
                var (report, _) = ExperimentJob.Run("compare", Options(), notify: text =>
                {
                    if (!text.StartsWith('m')) return;
                    if (--left == 0) stop.Cancel();
                    else if (text.StartsWith("measuring", StringComparison.Ordinal)) taken.Add(text);
                }, cancellation: stop.Token);
                Assert.Equal(whole.Measurements.Select(m => (m.Name, m.Values[whole.Tables[0].Title])),
                    report.Measurements.Select(m => (m.Name, m.Values[whole.Tables[0].Title])));
                break;
            }
            catch (OperationCanceledException)
            {
                Assert.Empty(Directory.Exists(_folder.File("out")) ? Directory.GetFiles(_folder.File("out")) : []);
            }
        }
        // The one that was cut short is taken again, no other.
        Assert.True(taken.Count <= 2 * whole.Measurements.Count, string.Join('\n', taken));
        Directory.Delete(_folder.File("out"), recursive: true);
        var error = Assert.Throws<BadUsageException>(() => ExperimentJob.Run("compare", Options() with { Epochs = 2 },
            cancellation: TestContext.Current.CancellationToken));
        Assert.Contains("--epochs", error.Message, StringComparison.Ordinal);
        Assert.Contains("--restart", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_work_is_gone_a_further_seed_goes_on_from_the_report()
    {
        var options = Options() with { Methods = ["paper"], LearningRates = [1e-3, 1e-4] };
        var (first, files) = Run(options);
        var (both, told) = RunAnew(options with { Seeds = [0, 1] });
        Assert.Contains(told, t => t.StartsWith($"{first.Measurements.Count} measurements are taken from {files[0]}", StringComparison.Ordinal));
        Assert.DoesNotContain(told, t => t.Contains("seed 0", StringComparison.Ordinal) || t.Contains("seed0", StringComparison.Ordinal));
        Assert.Contains(told, t => t.Contains("seed 1", StringComparison.Ordinal));
        Assert.Equivalent(first.Measurements, both.Measurements.Where(m => m.Seed == 0));
        Assert.True(both.Seconds > first.Seconds);
        // Not where something else decides.
        Measures(options with { Restart = true, Force = true }, "measuring");
        Measures(options with { MaxSteps = 1, Force = true }, "measuring");
        foreach (var (key, value) in new[]
        {
            ("tool_version", "\"0.0.1\""), ("machine", """{"processor": "abacus", "cores": 2, "threads": 1, "system": "wood"}"""),
        })
        {
            Run(options with { Restart = true, Force = true });
            var json = JsonNode.Parse(File.ReadAllText(files[0]))!;
            json[key] = JsonNode.Parse(value);
            File.WriteAllText(files[0], json.ToJsonString());
            Measures(options, "all is measured anew");
        }
        File.WriteAllText(files[0], "{");
        Measures(options with { Force = true }, "measuring");

        void Measures(ExperimentOptions changed, string says)
        {
            var told = RunAnew(changed).Told;
            Assert.Contains(told, t => t.Contains(says, StringComparison.Ordinal));
            Assert.Contains(told, t => t.StartsWith("measuring dense", StringComparison.Ordinal));
        }

        (ExperimentReport Report, List<string> Told) RunAnew(ExperimentOptions changed)
        {
            Directory.Delete(options.WorkFolder, recursive: true);
            var told = new List<string>();
            var (report, _) = ExperimentJob.Run("compare", changed, notify: told.Add, cancellation: TestContext.Current.CancellationToken);
            return (report, told);
        }

        (ExperimentReport Report, IReadOnlyList<string> Files) Run(ExperimentOptions these)
            => ExperimentJob.Run("compare", these, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_report_that_holds_more_is_not_replaced_unasked()
    {
        var options = Options() with { Methods = ["paper", "vanilla"], Epochs = 0, Seeds = [0, 1] };
        var (_, files) = Run(options);
        var before = File.ReadAllText(files[0]);
        Refused(options with { Methods = ["paper"] }, "'vanilla raw' of seed 0", "--methods", "--force");
        Refused(options with { Seeds = [0] }, "'dense' of seed 1", "--seeds", "--force");
        // Before anything is measured, although the work is gone.
        Directory.Delete(options.WorkFolder, recursive: true);
        Refused(options with { CalibrationSamples = 7 }, "--calibration-samples", "made with 2000, now it is 7", "--force");
        Assert.False(Directory.Exists(options.WorkFolder));
        File.WriteAllText(files[0], before = "{}");
        Refused(options, files[0], "--force");
        Run(options with { Methods = ["paper"], Seeds = [0], Force = true });
        Assert.DoesNotContain("vanilla", File.ReadAllText(files[0]), StringComparison.Ordinal);

        void Refused(ExperimentOptions other, params string[] says)
        {
            var error = Assert.Throws<BadUsageException>(() => Run(other));
            Assert.All(says, s => Assert.Contains(s, error.Message, StringComparison.Ordinal));
            Assert.Equal(before, File.ReadAllText(files[0]));
        }

        (ExperimentReport Report, IReadOnlyList<string> Files) Run(ExperimentOptions these)
            => ExperimentJob.Run("compare", these, cancellation: TestContext.Current.CancellationToken);
    }

    [Fact]
    public void A_changed_file_of_unfinished_work_is_named()
    {
        var cancellation = TestContext.Current.CancellationToken;
        ExperimentJob.Run("ablate", Options(), cancellation: cancellation);
        var work = Directory.GetDirectories(_folder.File("out.work")).Single();
        foreach (var file in new[] { Directory.GetFiles(Path.Combine(work, "measurements"))[0], Path.Combine(work, "options.json") })
        {
            File.WriteAllText(file, "{\"name\": ");
            var error = Assert.Throws<BadInputException>(() => ExperimentJob.Run("ablate", Options(), cancellation: cancellation));
            Assert.Contains(file, error.Message, StringComparison.Ordinal);
            Assert.Contains("--restart", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_does_not_fit_is_said_before_anything_is_made()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Throws<BadUsageException>(() => ExperimentJob.Run("nothing", Options(), cancellation: cancellation));
        Assert.Throws<BadUsageException>(() => ExperimentJob.Run("ablate", Options() with { Task = "" }, cancellation: cancellation));
        Assert.Throws<BadUsageException>(() => ExperimentJob.Run("ablate", Options() with { Task = "lambada" }, cancellation: cancellation));
        Assert.Throws<BadUsageException>(() => ExperimentJob.Run("ablate", Options() with { Seeds = [1, 1] }, cancellation: cancellation));
        Assert.Throws<BadInputException>(() => ExperimentJob.Run("ablate", Options() with { Data = [_folder.File("none")] }, cancellation: cancellation));
        Assert.Throws<BadInputException>(() => ExperimentJob.Run("ablate", Options() with { Model = _folder.File("none") }, cancellation: cancellation));
        Assert.Throws<BadUsageException>(() => ExperimentJob.Run("transfer", Options("other") with { Others = [("sst-2", _task)] }, cancellation: cancellation));
        Assert.Contains("--heavy", Assert.Throws<BadUsageException>(() => ExperimentJob.Run("ablate", Options() with { Sizes = new(Heavy: 2) },
            cancellation: cancellation)).Message, StringComparison.Ordinal);
        // A task that evaluate knows and experiments don't, before its data is looked at.
        Assert.Contains("perplexity", Assert.Throws<BadUsageException>(() => ExperimentJob.Run("ablate",
            Options() with { Task = "classification", Data = [_folder.File("none")] }, cancellation: cancellation)).Message, StringComparison.Ordinal);
        // Nor is a dense model trained before it turns out that the other text is missing.
        Assert.Throws<BadUsageException>(() => ExperimentJob.Run("transfer", Options() with { Others = [("poetry", _task)] }, cancellation: cancellation));
        Assert.Throws<BadInputException>(() => ExperimentJob.Run("transfer", Options() with { Others = [("mrpc", _folder.File("none"))] },
            cancellation: cancellation));
        foreach (var (options, option) in new[] { (Options() with { Methods = ["paper"] }, "--methods"), (Options() with { Others = [("sst-2", _task)] }, "--other") })
            Assert.Contains(option, Assert.Throws<BadUsageException>(() => ExperimentJob.Run("ablate", options, cancellation: cancellation)).Message,
                StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("out")) || Directory.Exists(_folder.File("out.work")));
    }
}
