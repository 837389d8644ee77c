using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Tests.Evaluation;

public sealed class PerplexityTaskTests : IDisposable
{
    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(i => $"w{i}"));

    static EvaluatedModel Model(FakeModel model, int maxLength = 64) => new("m", model, new WordTokenizer(), maxLength);

    PerplexityTask Task(string text, WindowOptions windows, BatchOptions? batches = null)
    {
        var data = new DataOptions { Path = _folder.Write("a.txt", text) };
        var options = new TaskOptions { Data = data, Windows = windows, Batches = batches };
        return new PerplexityTask(options, TestContext.Current.CancellationToken);
    }

    // Word i has id 10 + i and log probability −i / 8: sums are exact.
    static FakeModel Known() => new() { LogProbability = (ids, t) => -(ids[t] - 10) / 8f };

    [Fact]
    public void Windows_are_scored_on_all_but_their_first_token()
    {
        var result = Task(Words(20), new WindowOptions { Windows = 2, Context = 4 }).Judge(Model(Known()));
        // Windows at 0 and 16 predict the words 1, 2, 3 and 17, 18, 19: sum 60, mean 10, less eight times.
        Assert.Equal(1.25, result.Metrics["nll"]);
        Assert.Equal(Math.Exp(1.25), result.Value);
        Assert.Equal(("perplexity", "perplexity", false), (result.Task, result.Metric, result.HigherIsBetter));
        Assert.Equal((2L, 8L), (result.Samples, result.Tokens));
        Assert.Contains("windows of", Assert.Single(result.Notices));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    public void A_stride_scores_every_token_but_the_first_once(int stride)
    {
        var windows = new WindowOptions { Context = 9, Stride = stride };
        var result = Task(Words(21), windows, new BatchOptions { MaxRows = 2 }).Judge(Model(Known()));
        // Words 1 … 20: mean 10.5; the last window is shorter and padded where it shares a batch.
        Assert.Equal(10.5 / 8, result.Metrics["nll"]);
    }

    [Fact]
    public void The_size_of_a_batch_changes_nothing()
    {
        var windows = new WindowOptions { Windows = 5, Context = 4 };
        var one = Task(Words(50), windows, new BatchOptions { MaxRows = 1 }).Judge(Model(Known()));
        var all = Task(Words(50), windows).Judge(Model(Known()));
        Assert.Equal(one.Value, all.Value);
    }

    [Fact]
    public void Options_of_other_tasks_are_refused()
    {
        var path = _folder.Write("t.txt", "a b c");
        var samples = new TaskOptions { Data = new DataOptions { Path = path, MaxSamples = 4 } };
        Assert.Contains("--windows", Assert.Throws<BadUsageException>(() => TaskRegistry.Create("perplexity", samples)).Message, StringComparison.Ordinal);
        foreach (var windows in new[] { new WindowOptions { Windows = 3 }, new WindowOptions { Stride = 3 } })
            Assert.Contains(windows.Stride is null ? "--windows" : "--stride", Assert.Throws<BadUsageException>(() => TaskRegistry.Create("lambada",
                new TaskOptions { Data = new DataOptions { Path = path }, Windows = windows })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_number_there_are_64_windows_of_256()
    {
        var model = Known();
        var result = Task(Words(64 * 256 + 100), new WindowOptions()).Judge(Model(model, maxLength: 512));
        Assert.Equal(64, result.Samples);
        Assert.All(model.Seen, b => Assert.Equal((4, 256), (b.Rows, b.Length)));
    }

    [Fact]
    public void Fewer_windows_than_asked_for_are_a_notice()
    {
        var result = Task(Words(20), new WindowOptions { Windows = 9, Context = 4 }).Judge(Model(Known()));
        Assert.Equal(5, result.Samples);
        Assert.Contains(result.Notices, n => n.Contains("9 windows were asked for", StringComparison.Ordinal));
        Assert.Contains("Perplexity by 5 windows of 4 tokens at even distances.", result.Notices);
    }

    [Fact]
    public void A_NaN_in_one_prediction_is_not_averaged_away()
    {
        var model = new FakeModel { LogProbability = (ids, t) => ids[t] == 13 ? float.NaN : -1 };
        Assert.Equal(double.NaN, Task(Words(20), new WindowOptions { Windows = 2, Context = 4 }).Judge(Model(model)).Value);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        var windows = new WindowOptions { Windows = 2, Context = 4 };
        Assert.Throws<BadUsageException>(() => Task(Words(20), windows).Judge(Model(Known(), maxLength: 3)));
        var encoder = new FakeModel { Embedding = _ => [1] };
        Assert.Contains("next-token", Assert.Throws<BadInputException>(() => Task(Words(20), windows).Judge(Model(encoder))).Expected);
        Assert.Throws<BadUsageException>(() => Task(Words(20), windows with { Stride = 2 }));
        Assert.Throws<BadInputException>(() => Task(" \n", windows));
    }

    [Fact]
    public void Cancelling_stops_it()
    {
        using var source = new CancellationTokenSource();
        var task = Task(Words(20), new WindowOptions { Windows = 2, Context = 4 });
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => task.Evaluate(Model(Known()), null, source.Token));
    }

    [Fact]
    public void The_registry_makes_tasks_by_name()
    {
        var options = new TaskOptions { Data = new DataOptions { Path = _folder.Write("a.txt", "a b") } };
        Assert.IsType<PerplexityTask>(TaskRegistry.Create("perplexity", options, TestContext.Current.CancellationToken));
        Assert.Contains("sts-b, perplexity, lambada, cola", Assert.Throws<BadUsageException>(
            () => TaskRegistry.Create("glue", options, TestContext.Current.CancellationToken)).Message);
        Assert.Equal(
            ["sts-b", "perplexity", "lambada", "cola", "sst-2", "mrpc", "qqp", "glue-sts-b", "mnli", "mnli-mm", "qnli", "rte", "wnli",
                "classification", "regression"],
            TaskRegistry.Tasks.Select(t => t.Name));
    }

    [Fact]
    public void The_novels_are_joined_without_marks_and_carriage_returns()
    {
        var text = Calls.ReadText(new DataOptions { Path = TestFolders.RequireShared("data/novels/held-out") });
        // python: sum(len(open(f, encoding='utf-8-sig').read()) for f in glob('held-out/*'))
        Assert.Equal(1_973_151, text.Text.EnumerateRunes().Count());
        Assert.DoesNotContain('\r', text.Text);
        Assert.DoesNotContain('\uFEFF', text.Text);
    }
}
