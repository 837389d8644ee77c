using FFSplit.Checkpoints;
using FFSplit.Compression.Jobs;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;
using FFSplit.Modeling;
using FFSplit.Modeling.Training;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Training;

/// <summary>Training for GLUE's tasks: the same data and labels that evaluation reads.</summary>
public sealed class FinetuneTaskTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model;
    readonly string[] _lines;

    public FinetuneTaskTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        _lines = File.ReadAllLines(TinyModel.Text(_folder.File("text.txt"), 60));
    }

    public void Dispose() => _folder.Dispose();

    FinetuneOptions Options(string task, string data, string output = "out", string? model = null) => new()
    {
        Model = model ?? _model,
        Output = _folder.File(output),
        Task = task,
        Data = new DataOptions { Path = data },
        Training = new TrainingOptions { Epochs = 1, BatchSize = 8 },
    };

    // A folder with both splits, as GLUE has them.
    string Folder(string header, Func<int, string> row, string name = "task")
    {
        var path = Directory.CreateDirectory(_folder.File(name)).FullName;
        string[] rows = [.. _lines.Select((_, i) => row(i))];
        string[] head = header.Length == 0 ? [] : [header];
        File.WriteAllLines(Path.Combine(path, "train.tsv"), [.. head, .. rows[..40]]);
        File.WriteAllLines(Path.Combine(path, "dev.tsv"), [.. head, .. rows[40..]]);
        return path;
    }

    static FinetuneResult Run(FinetuneOptions options) => FinetuneJob.Run(options, cancellation: TestContext.Current.CancellationToken);

    [Fact]
    public void A_new_head_bears_the_tasks_own_names_in_its_order()
    {
        var data = Folder("sentence\tlabel", i => $"{_lines[i]}\t{i % 2}");
        Assert.Equal(["negative", "positive"], Run(Options("sst-2", data)).Labels);
        var judged = EvaluateJob.Run(new EvaluateOptions { Models = [_folder.File("out")], Task = "sst-2", Data = new DataOptions { Path = data } },
            new TorchModelOpener([]), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(20, judged.Models[0].Result.Samples);
    }

    [Fact]
    public void Labels_are_names_or_numbers_and_the_metric_is_the_tasks()
    {
        var cola = Folder("", i => $"src\t{i % 2}\t*\t{_lines[i]}", "cola");
        Assert.Equal("matthews", Run(Options("cola", cola, "a")).Training.Metric);
        var mrpc = Folder("Quality\t#1 ID\t#2 ID\t#1 String\t#2 String", i => $"{i % 2}\t1\t2\t{_lines[i]} \"\t{_lines[^(i + 1)]}", "mrpc");
        var options = Options("mrpc", mrpc, "b");
        Assert.Equal("f1", Run(options).Training.Metric);
        Assert.Null(Run(options with { Output = _folder.File("unjudged"), Training = options.Training with { ValidationShare = 0 } }).Written);
        var rte = Folder("index\tsentence1\tsentence2\tlabel", i => $"{i}\t{_lines[i]}\t{_lines[^(i + 1)]}\t{(i % 2 == 0 ? "entailment" : "not_entailment")}", "rte");
        Assert.Equal(["entailment", "not_entailment"], Run(Options("rte", rte, "c")).Labels);
        var sts = Folder("index\tsentence1\tsentence2\tscore", i => $"{i}\t{_lines[i]}\t{_lines[^(i + 1)]}\t{i % 6}", "sts");
        Assert.Equal("spearman", Run(Options("glue-sts-b", sts, "d")).Training.Metric);
        // GLUE's own order, which need not be that of the numbers.
        Assert.Equal(36, Run(Options("rte", rte, "e")).Training.TrainExamples);
    }

    [Fact]
    public void A_head_with_generic_names_is_never_guessed()
    {
        var rte = Folder("index\tsentence1\tsentence2\tlabel", i => $"{i}\t{_lines[i]}\t{_lines[^(i + 1)]}\t{(i % 2 == 0 ? "entailment" : "not_entailment")}");
        Run(Options("rte", rte));
        var generic = _folder.File("out");
        TinyModel.Configure(generic, "id2label", null);
        TinyModel.Configure(generic, "label2id", null);
        var error = Assert.Throws<BadInputException>(() => Run(Options("rte", rte, "again", generic)));
        Assert.Contains("entailment=0,not_entailment=1 or not_entailment=0,entailment=1", error.Message, StringComparison.Ordinal);
        Run(Options("rte", rte, "again", generic) with { LabelMap = LabelMap.Parse("not_entailment=0,entailment=1") });
        Assert.Throws<BadUsageException>(() => Run(Options("rte", rte, "new") with { LabelMap = LabelMap.Parse("not_entailment=0,entailment=1") }));
        Assert.Throws<BadUsageException>(() => Run(Options("glue-sts-b", rte, "new") with { LabelMap = LabelMap.Parse("a=0,b=1") }));
    }

    [Fact]
    public void What_teaches_nothing_or_does_not_fit_the_head_is_refused()
    {
        var constant = Folder("sentence\tlabel", i => $"{_lines[i]}\t1", "constant");
        Says(Options("sst-2", constant), "at least two labels", "positive");
        var unknown = Folder("sentence\tlabel", i => $"{_lines[i]}\t{i % 3}", "unknown");
        Says(Options("sst-2", unknown), "train.tsv:", "'2'");
        var level = Folder("index\tsentence1\tsentence2\tscore", i => $"{i}\t{_lines[i]}\t{_lines[i]}\t3", "level");
        Says(Options("glue-sts-b", level), "scores that differ");
        Run(Options("classification", Path.Combine(unknown, "train.tsv"), "three"));
        var data = Folder("sentence\tlabel", i => $"{_lines[i]}\t{i % 2}");
        Says(Options("sst-2", data, "out", _folder.File("three")), "a head for 2 labels", "--new-head");
        Assert.Equal(["negative", "positive"], Run(Options("sst-2", data, "out", _folder.File("three")) with { NewHead = true }).Labels);

        void Says(FinetuneOptions options, params string[] parts)
        {
            var message = Assert.Throws<BadInputException>(() => Run(options)).Message;
            foreach (var part in parts) Assert.Contains(part, message, StringComparison.Ordinal);
            Assert.False(Directory.Exists(options.Output));
        }
    }
}
