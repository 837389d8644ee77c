using System.Text;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Evaluation;
using FFSplit.Evaluation.Metrics;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Tests.Evaluation;

public sealed class PerplexityRunTests : IDisposable
{
    readonly DataFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    PerplexityTask Task(string text, WindowOptions windows) =>
        new(new TaskOptions { Data = new DataOptions { Path = _folder.Write("a.txt", text) }, Windows = windows }, Cancel);

    static EvaluatedModel Model(FakeModel model, ITextTokenizer? tokenizer = null) => new("m", model, tokenizer ?? new WordTokenizer(), 64);

    static string Words(int count) => string.Join(' ', Enumerable.Range(0, count).Select(i => $"w{i % 7}"));

    // Seven words have the ids 10 … 16; logits fall with the distance from a favourite.
    static FakeModel Favouring(int favourite, float steepness = 1, int vocabulary = 20) => new()
    {
        TokenLogits = (ids, t) => [.. Enumerable.Range(0, vocabulary).Select(i => -steepness * Math.Abs(i - favourite - (ids[t] % 2)))],
    };

    [Fact]
    public void Models_are_held_against_each_other_token_by_token()
    {
        var task = Task(Words(40), new WindowOptions { Windows = 4, Context = 5 });
        var first = task.Run(Model(Favouring(12)), new RunOptions { WillBeCompared = true }, Cancel);
        var same = task.Run(Model(Favouring(12)), new RunOptions { First = first }, Cancel);
        Assert.Equal((100, 16L), (same.Against(first)!.Agreement, same.Against(first)!.Count));
        Assert.True(same.Against(first)!.KlDivergence <= 1e-6);
        Assert.Equal(first.Result.Value, same.Result.Value);

        var flat = task.Run(Model(Favouring(12, steepness: 0)), new RunOptions { First = first }, Cancel);
        // All of a flat distribution of twenty: KL = log 20 − entropy.
        var weights = Enumerable.Range(0, 20).Select(i => Math.Exp(-Math.Abs(i - 12))).ToArray();
        var odd = Enumerable.Range(0, 20).Select(i => Math.Exp(-Math.Abs(i - 13))).ToArray();
        double Divergence(double[] w) => w.Sum(v => v / w.Sum() * (Math.Log(v / w.Sum()) + Math.Log(20)));
        var found = flat.Against(first)!.KlDivergence!.Value;
        Assert.InRange(found, Math.Min(Divergence(weights), Divergence(odd)) - 1e-5, Math.Max(Divergence(weights), Divergence(odd)) + 1e-5);
        Assert.Equal(0, flat.Against(first)!.Agreement);
        Assert.True(Math.Abs(flat.Result.Value - 20) <= 1e-4);
    }

    [Fact]
    public void Alone_a_model_is_not_asked_for_logits_and_gives_the_same_figure()
    {
        var task = Task(Words(40), new WindowOptions { Windows = 4, Context = 5 });
        var alone = (PerplexityRun)task.Run(Model(Favouring(12)), null, Cancel);
        var compared = (PerplexityRun)task.Run(Model(Favouring(12)), new RunOptions { WillBeCompared = true }, Cancel);
        Assert.Equal(alone.Result.Value, compared.Result.Value);
        Assert.Null(task.Run(Model(Favouring(12)), new RunOptions { First = alone }, Cancel).Against(alone));
    }

    [Fact]
    public void What_is_kept_is_bounded_and_spread_evenly()
    {
        var probe = new VocabularyProbe(1000, 50, mostValues: 500);
        Assert.Equal([0, 100, 200, 300, 400, 500, 600, 700, 800, 900], probe.Within(0, 1000).Select(p => p.Prediction));
        Assert.Equal([(2, 200), (3, 300)], probe.Within(101, 400).Concat(probe.Within(200, 201)).Distinct().Take(2));
        Assert.Empty(probe.Within(101, 200));
        Assert.Equal([0, 1, 2], new VocabularyProbe(3, 50).Within(0, 3).Select(p => p.Prediction));
        Assert.Single(new VocabularyProbe(3, 50, mostValues: 10).Within(0, 3));
        Assert.Empty(new VocabularyProbe(0, 50).Within(0, 3));
        Assert.Equal(8_000, new VocabularyProbe(8_000, 1 << 13).Within(0, 8_000).Count());
        Assert.Equal(8_192, new VocabularyProbe(80_000, 1 << 13).Within(0, 80_000).Count());
    }

    [Fact]
    public void Windows_are_what_is_drawn()
    {
        var task = Task(string.Join(' ', Enumerable.Range(0, 20).Select(i => $"w{i}")), new WindowOptions { Windows = 2, Context = 4 });
        var run = (PerplexityRun)task.Run(Model(new FakeModel { LogProbability = (ids, t) => -(ids[t] - 10) / 8f }), null, Cancel);
        Assert.Equal([6 / 8.0, 54 / 8.0], run.WindowNll);
        Assert.Equal(run.Result.Value, run.Value([1, 1]));
        Assert.Equal(Math.Exp(0.25), run.Value([2, 0]));
        var better = task.Run(Model(new FakeModel { LogProbability = (ids, t) => -(ids[t] - 10) / 16f }), new RunOptions { First = run }, Cancel);
        var compared = Comparison.OfRuns([run, better], bootstrap: new BootstrapOptions { Resamples = 200 }, cancel: Cancel).Models[1];
        // Lower is better, so a lower perplexity is a negative drop.
        Assert.True(compared.Drop < 0);
        Assert.True(compared.DropInterval!.High < 0 && compared.DropInterval.ExcludesZero);
        Assert.Null(compared.AgainstFirst);
    }

    [Fact]
    public void Another_tokenizer_gives_neither_interval_nor_divergence_but_bits_per_byte_and_a_notice()
    {
        var task = Task("a-b c-d a-b c-d a-b c-d", new WindowOptions { Windows = 2, Context = 3 });
        var first = task.Run(Model(Favouring(12)), new RunOptions { WillBeCompared = true }, Cancel);
        var other = task.Run(Model(Favouring(12), new WordTokenizer { CutsAtHyphens = true }), new RunOptions { First = first }, Cancel);
        var comparison = Comparison.OfRuns([first, other], cancel: Cancel);
        var compared = comparison.Models[1];
        Assert.Null(compared.Drop);
        Assert.True(comparison.Passed);
        Assert.Equal("", ComparisonTable.Of(comparison).Rows[1][ComparisonTable.Of(comparison).Columns.ToList().IndexOf("drop")]);
        // A bound that cannot be checked is not kept.
        var bounded = Comparison.OfRuns([first, other], maxDrop: 1e9, cancel: Cancel);
        Assert.Equal((false, false), (bounded.Passed, bounded.Models[1].Passed));
        Assert.Null(compared.DropInterval);
        Assert.Null(compared.AgainstFirst);
        Assert.Contains(other.Result.Notices, n => n.Contains("bits_per_byte", StringComparison.Ordinal));
        Assert.True(double.IsFinite(compared.Result.Metrics["bits_per_byte"]));
    }

    [Theory]
    [InlineData("plain words stand here and there, more and more", 1, null)]
    [InlineData("äöü é 日本語 ß plain", 1, null)]
    [InlineData("äöü é 日本語 ß plain and more of it", 3, 2)]
    public void Bits_per_byte_counts_the_bytes_that_are_predicted(string text, int windows, int? stride)
    {
        var tokenizer = new CharacterTokenizer();
        var length = tokenizer.Encode(text).Ids.Length;
        var options = stride is null ? new WindowOptions { Windows = windows, Context = length } : new WindowOptions { Context = 6, Stride = stride };
        var model = new FakeModel { LogProbability = (_, _) => (float)-Math.Log(2) };
        var result = Task(text, options).Run(Model(model, tokenizer), null, Cancel).Result;
        // One bit for every character but the first, over all bytes but the first character's.
        var bytes = Encoding.UTF8.GetByteCount(text) - Encoding.UTF8.GetByteCount(text[..1]);
        var expected = (length - 1) / (double)bytes;
        Assert.True(Math.Abs(expected - result.Metrics["bits_per_byte"]) <= 1e-6, $"{expected} against {result.Metrics["bits_per_byte"]}");
    }

    /// <summary>A character is a token; a space at the front of a text is not decoded, as with SentencePiece's.</summary>
    sealed class CharacterTokenizer : ITextTokenizer
    {
        public int VocabularySize => 65_536;
        public int? PadId => null;
        public int? EndOfSequenceId => null;
        public int? ModelMaxLength => null;
        public bool UsesTypeIds => false;

        public TokenizedText Encode(string text, string? pair = null, int? maxLength = null, bool addSpecialTokens = true) =>
            new([.. text.Select(c => (int)c)], new int[text.Length]);

        public string Decode(IReadOnlyList<int> ids, bool skipSpecialTokens = false)
        {
            var text = string.Concat(ids.Select(i => (char)i));
            return text.StartsWith(' ') ? text[1..] : text;
        }
    }
}
