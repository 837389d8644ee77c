using FFSplit.Checkpoints;
using FFSplit.Evaluation;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

public sealed class LambadaTaskTests : IDisposable
{
    // Ids by first sight: a 10, b 11, c 12, d 13, e 14.
    const string Passages = "a b c\nb c d\na a e\n";

    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    LambadaTask Task(string content, string name = "a.txt", int? most = null) =>
        new(new TaskOptions { Data = new DataOptions { Path = _folder.Write(name, content), MaxSamples = most } }, Cancel);

    /// <summary>Knows that the next id is one more.</summary>
    static FakeModel Counting(int vocabulary = 20, int jump = 1, float sure = 5) => new()
    {
        TokenLogits = (ids, t) => [.. Enumerable.Range(0, vocabulary).Select(i => i == ids[t] + jump ? sure : 0)],
    };

    static EvaluatedModel Model(FakeModel model, int maxLength = 16) => new("m", model, new WordTokenizer(), maxLength);

    [Fact]
    public void The_last_word_is_right_where_it_is_the_likeliest()
    {
        var run = (LambadaRun)Task(Passages).Run(Model(Counting()), null, Cancel);
        Assert.Equal([true, true, false], run.Right);
        Assert.True(Math.Abs(200 / 3.0 - run.Result.Value) <= 1e-12);
        Assert.Equal(("lambada", "accuracy", 3L, 9L), (run.Result.Task, run.Result.Metric, run.Result.Samples, run.Result.Tokens));
        var sum = Math.Exp(5) + 19;
        var nll = (2 * (Math.Log(sum) - 5) + Math.Log(sum)) / 3;
        Assert.True(Math.Abs(Math.Exp(nll) - run.Result.Metrics["word_perplexity"]) <= 1e-9 * Math.Exp(nll));
        Assert.Equal(50, run.Value([1, 0, 1]));
    }

    [Fact]
    public void A_word_of_several_tokens_needs_all_of_them()
    {
        // Cut at signs besides spaces: "b-c" is three tokens.
        var tokenizer = new WordTokenizer { CutsAtHyphens = true };
        var model = new FakeModel { TokenLogits = (ids, t) => [.. Enumerable.Range(0, 20).Select(i => i == ids[t] + 1 ? 1f : 0)] };
        var task = Task("a b-c\na b-d\n");
        var run = (LambadaRun)task.Run(new EvaluatedModel("m", model, tokenizer, 16), null, Cancel);
        // a 10, b 11, c 12, d 13: only the first passage goes up by one throughout.
        Assert.Equal([true, false], run.Right);
    }

    [Fact]
    public void JSONL_is_read_and_lone_words_are_left_out_with_a_notice()
    {
        var run = Task("{\"text\":\"a b c\"}\n{\"text\":\"alone\"}\n{\"text\":\" b c d \"}\n", "l.jsonl").Run(Model(Counting()), null, Cancel);
        Assert.Equal(2, run.Units);
        Assert.Contains("1 passages of a single word", Assert.Single(run.Result.Notices));
        Assert.Throws<BadInputException>(() => Task("alone\n"));
        Assert.Equal(2, Task(Passages, most: 2).Run(Model(Counting()), null, Cancel).Units);
    }

    [Fact]
    public void Of_a_long_passage_the_end_is_kept()
    {
        var model = Counting();
        Assert.Equal(100, Task("e e e e b c\n").Run(Model(model, maxLength: 3), null, Cancel).Result.Value, 1e-9 + 100);
        Assert.Equal(3, Assert.Single(model.Seen).Length);
        Assert.Throws<BadInputException>(() => Task(Passages).Run(Model(Counting(), maxLength: 1), null, Cancel));
    }

    [Fact]
    public void Models_are_held_against_each_other_at_the_words_first_token()
    {
        var task = Task(Passages);
        var first = task.Run(Model(Counting()), new RunOptions { WillBeCompared = true }, Cancel);
        var same = task.Run(Model(Counting()), new RunOptions { First = first }, Cancel).Against(first)!;
        Assert.Equal((100, 3L), (same.Agreement, same.Count));
        Assert.True(same.KlDivergence <= 1e-6);
        var other = task.Run(Model(Counting(jump: 2)), new RunOptions { First = first }, Cancel);
        Assert.Equal(0, other.Against(first)!.Agreement);
        // 5 more for one id of twenty, and the other model has its 5 elsewhere: KL = 5 (p − q), p = e⁵ / (e⁵ + 19), q = 1 / (e⁵ + 19).
        var kl = 5 * (Math.Exp(5) - 1) / (Math.Exp(5) + 19);
        Assert.True(Math.Abs(kl - other.Against(first)!.KlDivergence!.Value) <= 1e-5);
        Assert.NotNull(Comparison.OfRuns([first, other], cancel: Cancel).Models[1].DropInterval);
        Assert.Null(task.Run(Model(Counting(vocabulary: 25)), new RunOptions { First = first }, Cancel).Against(first));
    }

    [Fact]
    public void A_NaN_is_not_averaged_away_and_an_encoder_is_refused()
    {
        var model = new FakeModel { TokenLogits = (ids, t) => [.. Enumerable.Range(0, 20).Select(i => ids[t] == 12 ? float.NaN : 1f)] };
        Assert.Equal(double.NaN, Task(Passages).Run(Model(model), null, Cancel).Result.Value);
        Assert.Contains("next-token", Assert.Throws<BadInputException>(() => Task(Passages).Run(Model(new FakeModel { Embedding = _ => [1] }), null, Cancel)).Expected);
    }
}
