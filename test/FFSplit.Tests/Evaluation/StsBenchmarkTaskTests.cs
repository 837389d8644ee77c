using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Sentences;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

public sealed class StsBenchmarkTaskTests : IDisposable
{
    // Words in order of first sight get the ids 10, 11, …; the embedding turns with the id, so the cosine falls with the ids' distance.
    const string Four = "sentence1\tsentence2\tscore\n\"a\tb\t5\na\t\"a\t3.5\n\"a\td\t0\n\"a\te\t2.25\n";

    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static FakeModel Turning() => new() { Embedding = ids => [MathF.Cos(ids[1] * 0.1f), MathF.Sin(ids[1] * 0.1f)] };

    static EvaluatedModel Model(FakeModel model, TextPreparation? preparation = null) =>
        new("m", model, new WordTokenizer(), MaxLength: 16, preparation);

    StsBenchmarkTask Task(string content, string name = "dev.tsv") =>
        Calls.StsBenchmark(new DataOptions { Path = _folder.Write(name, content) });

    [Fact]
    public void Cosines_are_correlated_with_the_scores()
    {
        // Ids: "a 10, b 11, a 12, d 13, e 14: distances 1, 2, 3, 4 against scores 5, 3.5, 0, 2.25.
        var result = Task(Four).Judge(Model(Turning()));
        Assert.Equal(("m", "sts-b", "spearman"), (result.Model, result.Task, result.Metric));
        Assert.Equal((true, 4L), (result.HigherIsBetter, result.Samples));
        // scipy.stats.spearmanr([-1,-2,-3,-4],[5,3.5,0,2.25]).statistic*100
        Assert.True(Math.Abs(80 - result.Value) <= 1e-9);
        // x=[math.cos(.1*d) for d in (1,2,3,4)]; scipy.stats.pearsonr(x,[5,3.5,0,2.25]).statistic*100
        Assert.True(Math.Abs(61.843866448478714 - result.Metrics["pearson"]) <= 1e-4);
        Assert.Equal(result.Value, result.Metrics["spearman"]);
    }

    [Fact]
    public void Each_sentence_is_embedded_once_and_tokens_are_counted_without_padding()
    {
        var model = Turning();
        var result = Task("sentence1\tsentence2\tscore\na b\ta\t1\na\tc d e\t2\na b\ta\t3\n").Judge(Model(model));
        Assert.Equal(3, model.Seen.Sum(b => b.Rows));
        Assert.Equal(4 + 3 + 5, result.Tokens);
    }

    [Fact]
    public void Progress_reaches_its_total()
    {
        var reports = new List<ProgressReport>();
        Task(Four).Judge(Model(Turning()), new Recorder(reports));
        Assert.Equal(new ProgressReport("embedding sentences", 5, 5), reports[^1]);
    }

    [Fact]
    public void Cancelling_stops_it()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => Task(Four).Evaluate(Model(Turning()), null, source.Token));
    }

    [Fact]
    public void Sentences_are_prepared_as_the_folder_says()
    {
        Assert.Equal("query: a b", new TextPreparation("query: ", LowerCase: true).Apply("A b \n"));
        Assert.Equal("A b", new TextPreparation().Apply(" A b"));
        var tokenizer = new WordTokenizer();
        var embedded = new EvaluatedModel("m", Turning(), tokenizer, 16, new TextPreparation("q: ", LowerCase: true));
        Task("sentence1\tsentence2\tscore\nA\ta\t1\nb\ta\t2\n").Judge(embedded);
        Assert.Equal([1, 10, 11, 2], tokenizer.Encode("q: a").Ids);
        Assert.Equal(10 + 3, tokenizer.VocabularySize);
    }

    [Fact]
    public void A_NaN_in_one_embedding_is_not_averaged_away()
    {
        var model = new FakeModel { Embedding = ids => [ids[1] == 13 ? float.NaN : ids[1], 1] };
        Assert.Equal(double.NaN, Task(Four).Judge(Model(model)).Value);
    }

    [Fact]
    public void Of_a_folder_the_dev_split_judges()
    {
        _folder.Write("train.tsv", "sentence1\tsentence2\tscore\nx\ty\t1\nx\tz\t1\n");
        _folder.Write("dev.tsv", Four);
        var task = Calls.StsBenchmark(new DataOptions { Path = _folder.Path });
        Assert.Equal(4, task.PairCount);
    }

    [Fact]
    public void Other_columns_and_formats_can_be_named()
    {
        var data = new DataOptions
        {
            Path = _folder.Write("a.csv", "l,r,s\nx,y,1\n\"x,\",y,2\nz,y,3\n"),
            TextColumns = ["l"],
            TextPairColumn = "r",
            LabelColumn = "s",
        };
        Assert.Equal(3, Calls.StsBenchmark(data).PairCount);
        Assert.Equal(2, Calls.StsBenchmark(data with { MaxSamples = 2 }).PairCount);
    }

    [Theory]
    [InlineData("sentence1\tsentence2\tscore\na\tb\t5\na\tc\tfive\n", "dev.tsv:3")]
    [InlineData("sentence1\tsentence2\tscore\na\tb\tNaN\na\tc\t1\n", "dev.tsv:2")]
    [InlineData("sentence1\tsentence2\tscore\na\tb\t5\n", "dev.tsv")]
    [InlineData("sentence1\tsentence2\tlabel\na\tb\t5\n", "'score'")]
    [InlineData("", "dev.tsv")]
    public void Data_that_cannot_judge_is_refused_before_any_model(string content, string thing) =>
        Assert.Contains(thing, Assert.Throws<BadInputException>(() => Task(content)).Thing);

    [Fact]
    public void Plain_text_and_a_lone_text_column_are_refused()
    {
        Assert.Throws<BadInputException>(() => Task("text", "a.txt"));
        var data = new DataOptions { Path = _folder.Write("a.tsv", Four), TextColumns = ["sentence1"] };
        Assert.Throws<BadUsageException>(() => Calls.StsBenchmark(data));
    }

    [Fact]
    public void A_model_without_sentence_embeddings_is_refused()
    {
        var error = Assert.Throws<BadInputException>(() => Task(Four).Judge(Model(new FakeModel { LogProbability = (_, _) => 0 })));
        Assert.Equal("m", error.Thing);
        Assert.Contains("sentence embeddings", error.Expected);
        Assert.Contains("next-token", error.Found);
    }

    [Fact]
    public void A_folder_with_the_part_to_train_on_alone_is_refused()
    {
        using var folder = new DataFolder();
        var path = folder.Write("train.tsv", "sentence1\tsentence2\tscore\na\tb\t1\nc\td\t2\n");
        var exception = Assert.Throws<BadInputException>(() => Calls.StsBenchmark(new DataOptions { Path = Path.GetDirectoryName(path)! }));
        Assert.Contains("expected the file dev.tsv, found train.tsv", exception.Message);
    }

    [Theory]
    [InlineData("dev.tsv", 1500)]
    [InlineData("train.tsv", 5749)]
    public void The_real_files_are_read_whole(string file, int rows)
    {
        var task = Calls.StsBenchmark(new DataOptions { Path = TestFolders.RequireShared("data/glue/STS-B/" + file) });
        Assert.Equal(rows, task.PairCount);
    }

    sealed class Recorder(List<ProgressReport> reports) : IProgress<ProgressReport>
    {
        public void Report(ProgressReport value) => reports.Add(value);
    }
}
