using FFSplit.Checkpoints;
using FFSplit.Evaluation.Glue;
using FFSplit.Evaluation.Labels;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

/// <summary>Which output of a model stands for which label: seen by a model that always prefers one output.</summary>
public sealed class LabelMatchTests : IDisposable
{
    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    ClassificationTask Task(string name, string? map = null, bool own = false)
    {
        var labels = own ? ["red", "green", "blue"] : GlueTasks.Find(name)!.Labels!.Labels.Select(l => l.Name).ToArray();
        var lines = labels.Select((l, i) => $"{{\"sentence\":\"s{i}\",\"sentence1\":\"a{i}\",\"sentence2\":\"b{i}\",\"premise\":\"a\",\"hypothesis\":\"b\",\"label\":\"{l}\"}}");
        var options = new TaskOptions
        {
            Data = new DataOptions { Path = _folder.Write("a.jsonl", string.Join('\n', lines)), TextColumns = own ? ["sentence"] : [] },
            LabelMap = map is null ? null : LabelMap.Parse(map),
        };
        var cancel = TestContext.Current.CancellationToken;
        return own ? ClassificationTask.OfOwnData(options, cancel) : ClassificationTask.Of(GlueTasks.Find(name)!, options, cancel);
    }

    /// <summary>The label that output 0 is taken for, when the model has these names.</summary>
    static string MeaningOf(int output, ClassificationTask task, params string[]? names)
    {
        var count = names?.Length ?? task.Samples.Set.Labels.Count;
        var run = (ClassificationRun)task.Run(Model(output, count, names), null, TestContext.Current.CancellationToken);
        return task.Samples.Set.Labels[Assert.Single(run.Predictions.Distinct())].Name;
    }

    static EvaluatedModel Model(int output, int count, string[]? names)
    {
        var model = new FakeModel { Logits = _ => [.. Enumerable.Range(0, count).Select(i => i == output ? 1f : 0)] };
        return new EvaluatedModel("m", model, new WordTokenizer(), 16) { Labels = names?.Select((n, i) => (n, i)).ToDictionary(p => p.i, p => p.n) };
    }

    [Theory]
    [InlineData("mnli", "contradiction", "CONTRADICTION", "Neutral", "entailment")]
    [InlineData("mnli", "entailment", "ENTAILMENT", "NEUTRAL", "CONTRADICTION")]
    [InlineData("mnli", "neutral", "neutral", "contradiction", "entailment")]
    [InlineData("rte", "not_entailment", "not entailment", "Entailment")]
    [InlineData("rte", "entailment", "entailment", "not-entailment")]
    [InlineData("sst-2", "positive", "POSITIVE", "NEGATIVE")]
    [InlineData("sst-2", "negative", "neg", "pos")]
    [InlineData("cola", "acceptable", "acceptable", "unacceptable")]
    [InlineData("mrpc", "equivalent", "Paraphrase", "not_paraphrase")]
    [InlineData("mrpc", "not_equivalent", "not_equivalent", "equivalent")]
    public void Names_decide_whatever_their_order_case_and_hyphens(string task, string meaning, params string[] names) =>
        Assert.Equal(meaning, MeaningOf(0, Task(task), names));

    [Theory]
    [InlineData("negative=1,positive=0", true)]
    [InlineData("negative=0,positive=1", false)]
    [InlineData(null, false)]
    public void A_map_against_the_model_s_own_names_is_followed_and_remarked_on(string? map, bool said)
    {
        var run = Task("sst-2", map).Run(Model(0, 2, ["neg", "pos"]), null, TestContext.Current.CancellationToken);
        Assert.Equal(said, run.Result.Notices.Any(n => n.Contains("negative=0,positive=1", StringComparison.Ordinal)));
        Assert.Equal(said ? "positive" : "negative", MeaningOf(0, Task("sst-2", map), "neg", "pos"));
    }

    [Theory]
    [InlineData("sst-2", "negative", "LABEL_0", "LABEL_1")]
    [InlineData("cola", "unacceptable", "0", "1")]
    [InlineData("wnli", "not_entailment", "label 0", "label 1")]
    [InlineData("mrpc", "equivalent", "LABEL_1", "LABEL_0")]
    public void Generic_names_are_numbers_where_GLUEs_own_file_writes_numbers(string task, string meaning, params string[] names)
    {
        Assert.Equal(meaning, MeaningOf(0, Task(task), names));
        Assert.Equal("negative", MeaningOf(0, Task("sst-2"), null));
    }

    [Fact]
    public void Generic_names_are_an_error_that_shows_the_orders_where_more_than_one_is_possible()
    {
        foreach (var names in new[] { ["LABEL_0", "LABEL_1", "LABEL_2"], (string[]?)null })
        {
            var error = Assert.Throws<BadInputException>(() => MeaningOf(0, Task("mnli"), names));
            Assert.Contains("m", error.Thing);
            foreach (var order in (string[])["entailment=0,neutral=1,contradiction=2", "contradiction=0,entailment=1,neutral=2", "contradiction=0,neutral=1,entailment=2"])
                Assert.Contains(order, error.Found);
            Assert.Contains("--label-map", error.Remedy);
        }
        var rte = Assert.Throws<BadInputException>(() => MeaningOf(0, Task("rte"), "LABEL_0", "LABEL_1"));
        Assert.Contains("entailment=0,not_entailment=1 or not_entailment=0,entailment=1", rte.Found);
    }

    [Fact]
    public void A_map_decides_against_the_models_names()
    {
        Assert.Equal("contradiction", MeaningOf(0, Task("mnli", "contradiction=0,neutral=1,entailment=2"), "LABEL_0", "LABEL_1", "LABEL_2"));
        Assert.Equal("positive", MeaningOf(0, Task("sst-2", "POS=0, negative=1"), "negative", "positive"));
    }

    [Theory]
    [InlineData("contradiction=0,neutral=1", "lacks the label 'entailment'")]
    [InlineData("contradiction=0,neutral=1,entailment=3", "index 3")]
    [InlineData("contradiction=0,neutral=1,yes=2", "'yes'")]
    [InlineData("entails=0,neutral=1,entailment=2", "'entailment' twice")]
    public void A_map_that_does_not_fit_is_bad_usage(string map, string says) =>
        Assert.Contains(says, Assert.Throws<BadUsageException>(() => MeaningOf(0, Task("mnli", map), "LABEL_0", "LABEL_1", "LABEL_2")).Message);

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a=0,a=1")]
    [InlineData("a=0,b=0")]
    [InlineData("a=-1")]
    [InlineData("=1")]
    [InlineData("a=0,,b=1")]
    public void A_malformed_map_is_bad_usage(string map) => Assert.Throws<BadUsageException>(() => LabelMap.Parse(map));

    [Fact]
    public void A_map_may_name_labels_with_signs() => Assert.Equal(1, LabelMap.Parse("a=b = 1, c=0")["a=b"]);

    [Fact]
    public void Another_number_of_labels_or_other_names_are_refused()
    {
        Assert.Contains("one for 2", Assert.Throws<BadInputException>(() => MeaningOf(0, Task("mnli"), "a", "b")).Found);
        Assert.Contains("regression", Assert.Throws<BadInputException>(() => MeaningOf(0, Task("mnli"), "LABEL_0")).Found);
        var error = Assert.Throws<BadInputException>(() => MeaningOf(0, Task("sst-2"), "happy", "sad"));
        Assert.Equal("happy, sad", error.Found);
        Assert.Contains("negative, positive", error.Expected);
        Assert.Contains("--label-map negative=0,positive=1", error.Remedy);
    }

    [Fact]
    public void Own_labels_match_by_name_among_more()
    {
        Assert.Equal("blue", MeaningOf(2, Task("", own: true), "green", "yellow", "Blue", "red"));
        Assert.Throws<BadInputException>(() => MeaningOf(0, Task("", own: true), "LABEL_0", "LABEL_1", "LABEL_2"));
        Assert.Throws<BadInputException>(() => MeaningOf(0, Task("", own: true), "red", "green"));
        Assert.Equal("green", MeaningOf(0, Task("", "green=0,red=1,blue=2", own: true), "LABEL_0", "LABEL_1", "LABEL_2"));
    }

    [Fact]
    public void Own_labels_that_are_numbers_mean_those_outputs()
    {
        var data = new DataOptions { Path = _folder.Write("n.csv", "text,label\na,2\nb,0\nc,10\n") };
        var task = ClassificationTask.OfOwnData(new TaskOptions { Data = data }, TestContext.Current.CancellationToken);
        Assert.Equal(["0", "2", "10"], task.Samples.Set.Labels.Select(l => l.Name));
        Assert.Equal("2", MeaningOf(2, task, [.. Enumerable.Range(0, 11).Select(i => $"LABEL_{i}")]));
        Assert.Equal("10", MeaningOf(10, task, [.. Enumerable.Range(0, 11).Select(i => $"LABEL_{i}")]));
    }
}
