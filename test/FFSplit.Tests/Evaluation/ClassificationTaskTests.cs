using FFSplit.Checkpoints;
using FFSplit.Evaluation;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

public sealed class ClassificationTaskTests : IDisposable
{
    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    IEvaluationTask Task(string name, string content, string file = "dev.tsv") =>
        TaskRegistry.Create(name, new TaskOptions { Data = new DataOptions { Path = _folder.Write(file, content) } }, Cancel);

    static EvaluatedModel Model(Func<long[], float[]> logits, string name = "m") => new(name, new FakeModel { Logits = logits }, new WordTokenizer(), 32)
    {
        Labels = new Dictionary<int, string> { [0] = "LABEL_0", [1] = "LABEL_1" },
    };

    // The words good and bad; a text's first word is its third id or later.
    const string Films = "sentence\tlabel\na good film\t1\nbad\t0\ngood good\t1\nso bad\t0\ngood\t0\n";

    // Long texts come first in a batch, so an answer by length shows that the order is restored.
    [Fact]
    public void Answers_are_counted_in_the_order_of_the_data()
    {
        var run = (ClassificationRun)Task("sst-2", Films).Run(Model(ids => [ids.Length == 5 ? 0 : 2, 1]), null, Cancel);
        Assert.Equal([1, 0, 0, 0, 0], run.Predictions);
        Assert.Equal(80, run.Result.Value);
        Assert.Equal(("sst-2", "accuracy", true, 5L), (run.Result.Task, run.Result.Metric, run.Result.HigherIsBetter, run.Result.Samples));
        Assert.Equal(3 + 1 + 2 + 2 + 1 + 5 * 2, run.Result.Tokens);
        Assert.Equal([0f, 1f], run.Logits[0]);
    }

    [Theory]
    [InlineData("mrpc", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\ta\tb\n0\t1\t2\ta\tc d\n1\t1\t2\tc\td e f\n", "f1,accuracy")]
    [InlineData("cola", "x\t1\t\ta b c d\nx\t0\t*\ta\nx\t1\t\tb c\n", "matthews,accuracy")]
    [InlineData("rte", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\ta\tc d\tnot_entailment\n", "accuracy")]
    public void Each_task_has_its_metrics_the_deciding_one_first(string task, string content, string metrics)
    {
        var model = Model(_ => [0, 1]) with { Labels = new Dictionary<int, string> { [0] = task == "rte" ? "not_entailment" : "0", [1] = task == "rte" ? "entailment" : "1" } };
        var result = Task(task, content).Run(model, null, Cancel).Result;
        Assert.Equal(metrics.Split(','), result.Metrics.Keys);
        Assert.Equal(result.Metrics[result.Metric], result.Value);
        // f1: all answered 1: 2·2/(2·2+1) of three, and 0 for a constant's correlation.
        Assert.Equal(task switch { "mrpc" => 80, "cola" => 0, _ => 50 }, result.Value);
    }

    [Fact]
    public void A_pair_reaches_the_model_as_one()
    {
        var model = new FakeModel { Logits = _ => [0, 1] };
        Task("mrpc", "Quality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t1\t2\ta b\tc\n0\t1\t2\ta\tc\n").Run(
            new EvaluatedModel("m", model, new WordTokenizer(), 32), null, Cancel);
        Assert.Equal(6 + 5, Assert.Single(model.Seen).TokenCount);
        Assert.Contains(1, model.Seen[0].TokenTypeIds!);
    }

    [Fact]
    public void A_NaN_in_one_answer_is_not_averaged_away()
    {
        var run = Task("sst-2", Films).Run(Model(ids => [ids.Length == 5 ? float.NaN : 0, 1]), null, Cancel);
        Assert.Equal(double.NaN, run.Result.Value);
        Assert.Equal(double.NaN, run.Value([0, 1, 1, 1, 1]));
    }

    [Fact]
    public void A_model_without_such_a_head_is_refused()
    {
        var task = Task("sst-2", Films);
        Assert.Contains("sentence embeddings", Refused(new FakeModel { Embedding = _ => [1] }));
        Assert.Contains("language model", Refused(new FakeModel { TokenLogits = (_, _) => new float[30] }));
        Assert.Contains("language model", Refused(new FakeModel { TokenLogits = (_, _) => new float[30], Causal = false }));

        string Refused(FakeModel model) => Assert.Throws<BadInputException>(() => task.Run(new EvaluatedModel("m", model, new WordTokenizer(), 32), null, Cancel)).Found;
    }

    [Fact]
    public void A_wrong_head_is_refused_after_one_batch()
    {
        var model = new FakeModel { Logits = _ => [1, 2, 3] };
        var lines = string.Concat(Enumerable.Range(0, 300).Select(i => $"s\t{i % 2}\n"));
        Assert.Throws<BadInputException>(() => Task("sst-2", "sentence\tlabel\n" + lines).Run(new EvaluatedModel("m", model, new WordTokenizer(), 32), null, Cancel));
        Assert.Single(model.Seen);
    }

    [Fact]
    public void Data_of_one_class_is_refused()
    {
        var error = Assert.Throws<BadInputException>(() => Task("sst-2", "sentence\tlabel\na\t1\nb\t1\n"));
        Assert.Contains("only 'positive'", error.Found);
        Assert.Contains("only 'x'", Assert.Throws<BadInputException>(() => Task("classification", "text,label\na,x\nb,x\n", "a.csv")).Found);
        Assert.Throws<BadInputException>(() => Task("regression", "text,label\na,1\nb,1.0\n", "a.csv"));
        Assert.Throws<BadInputException>(() => Task("sts-b", "sentence1\tsentence2\tscore\na\tb\t1\nb\tc\t1\n"));
    }

    [Fact]
    public void Two_models_are_held_against_each_other()
    {
        var task = Task("sst-2", Films);
        var first = task.Run(Model(ids => [ids.Length == 5 ? 0 : 2, 1], "dense"), null, Cancel);
        var later = task.Run(Model(ids => [ids.Length >= 4 ? 0 : 2, 1], "split"), new RunOptions { First = first }, Cancel);
        var comparison = Comparison.OfRuns([first, later], bootstrap: new BootstrapOptions { Resamples = 500 }, cancel: Cancel);
        var against = comparison.Models[1].AgainstFirst!;
        // The two texts of two words are answered otherwise; logits 2, 1 against 0, 1 there.
        Assert.Equal((60, 5L), (against.Agreement, against.Count));
        var p = 1 / (1 + Math.Exp(-1));
        var divergence = p * Math.Log(p / (1 - p)) + (1 - p) * Math.Log((1 - p) / p);
        Assert.True(Math.Abs(0.4 * divergence - against.KlDivergence!.Value) <= 1e-6);
        Assert.Null(against.Cosine);
        Assert.Null(comparison.Models[0].AgainstFirst);
        Assert.Null(comparison.Models[0].DropInterval);
        // 4 of 5 right against 4 of 5: gains one, loses one.
        Assert.Equal(0, comparison.Models[1].Drop);
        var interval = comparison.Models[1].DropInterval!;
        Assert.True(interval.Low < 0 && interval.High > 0 && !interval.ExcludesZero);
        Assert.Null(Comparison.OfRuns([first, later], bootstrap: new BootstrapOptions { Resamples = 0 }, cancel: Cancel).Models[1].DropInterval);
        Assert.Throws<BadUsageException>(() => Comparison.OfRuns([first, later], bootstrap: new BootstrapOptions { Resamples = 7 }, cancel: Cancel));

        var table = ComparisonTable.Of(comparison);
        Assert.Equal(["model", "accuracy", "drop", "95 % of drops", "KL", "agree %", "samples", "tokens", "seconds"], table.Columns);
        Assert.Equal(["", "", ""], table.Rows[0].Skip(3).Take(3));
        Assert.Equal("60.00", table.Rows[1][5]);
        Assert.Contains(" … ", table.Rows[1][3]);
    }

    [Fact]
    public void A_model_against_itself_agrees_wholly()
    {
        var task = Task("sst-2", Films);
        Func<long[], float[]> logits = ids => [ids.Length * 0.3f, 1];
        var first = task.Run(Model(logits), null, Cancel);
        var comparison = Comparison.OfRuns([first, task.Run(Model(logits), new RunOptions { First = first }, Cancel)], cancel: Cancel);
        var (against, interval) = (comparison.Models[1].AgainstFirst!, comparison.Models[1].DropInterval!);
        Assert.Equal(100, against.Agreement);
        Assert.True(against.KlDivergence <= 1e-7);
        Assert.Equal((0, 0, 10_000), (interval.Low, interval.High, interval.Resamples));
    }

    [Fact]
    public void Labels_in_another_order_still_compare()
    {
        var task = Task("sst-2", Films);
        var first = task.Run(Model(_ => [0, 3]), null, Cancel);
        var turned = Model(_ => [3, 0]) with { Labels = new Dictionary<int, string> { [0] = "positive", [1] = "negative" } };
        var later = task.Run(turned, new RunOptions { First = first }, Cancel);
        Assert.Equal(first.Result.Value, later.Result.Value);
        Assert.Equal(100, later.Against(first)!.Agreement);
    }

    [Fact]
    public void A_value_is_that_of_the_resample()
    {
        var run = Task("sst-2", Films).Run(Model(ids => [ids.Length == 5 ? 0 : 2, 1]), null, Cancel);
        Assert.Equal(run.Result.Value, run.Value([1, 1, 1, 1, 1]));
        Assert.Equal(75, run.Value([2, 0, 1, 0, 1]));
    }

    [Fact]
    public void Own_data_gets_accuracy_macro_F1_and_Matthews()
    {
        var task = Task("classification", "body,kind,text,label\nx,k,good good,yes\nx,k,bad,no\nx,k,good,yes\n", "a.csv");
        var model = Model(ids => [ids.Length == 4 ? 1 : 0, 0.5f]) with { Labels = new Dictionary<int, string> { [0] = "yes", [1] = "no" } };
        var result = task.Run(model, null, Cancel).Result;
        Assert.Equal(["accuracy", "macro_f1", "matthews"], result.Metrics.Keys);
        Assert.True(Math.Abs(200 / 3.0 - result.Value) <= 1e-9);
        Assert.True(Math.Abs(50 - result.Metrics["matthews"]) <= 1e-9);
    }

    [Fact]
    public void Regression_heads_are_correlated_with_the_scores()
    {
        const string pairs = "sentence1\tsentence2\tscore\na\tb\t5\na\tb c\t3.5\na\tb c d\t0\na\tb c d e\t2.25\n";
        var task = Task("glue-sts-b", pairs);
        var first = task.Run(Model(ids => [-ids.Length]), null, Cancel);
        // scipy.stats.spearmanr([-1,-2,-3,-4],[5,3.5,0,2.25]), pearsonr of the same
        Assert.True(Math.Abs(80 - first.Result.Value) <= 1e-9);
        Assert.True(Math.Abs(71.71603555363113 - first.Result.Metrics["pearson"]) <= 1e-9, $"{first.Result.Metrics["pearson"]:R}");
        var later = task.Run(Model(ids => [-ids.Length + 0.5f]), new RunOptions { First = first }, Cancel);
        Assert.Equal((0.5, 4L), (later.Against(first)!.Deviation, later.Against(first)!.Count));
        Assert.Null(later.Against(first)!.Agreement);
        Assert.Contains("2 outputs", Assert.Throws<BadInputException>(() => task.Run(Model(_ => [1, 2]), null, Cancel)).Found);
        Assert.Equal(double.NaN, task.Run(Model(ids => [ids.Length == 5 ? float.NaN : ids.Length]), null, Cancel).Result.Value);
        Assert.Throws<BadUsageException>(() => TaskRegistry.Create("glue-sts-b",
            new TaskOptions { Data = new DataOptions { Path = _folder.Path }, LabelMap = new Dictionary<string, int> { ["a"] = 0 } }, Cancel));
        var own = Task("regression", "text\tlabel\na\t1\na b\t2\na b c\t3\n", "own.tsv");
        Assert.Equal(-100, own.Run(Model(ids => [-ids.Length]), null, Cancel).Result.Value, 1e-9);
    }
}
