using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Windows;

namespace FFSplit.Tests.Evaluation;

public class TokenWindowsTests
{
    static int[] Tokens(int count) => [.. Enumerable.Range(100, count)];

    static TokenWindowSet Cut(int tokens, int? windows = null, int context = 10, int? stride = null, long? max = null) =>
        TokenWindows.Cut(Tokens(tokens), new WindowOptions { Windows = windows, Context = context, Stride = stride, MaxTokens = max });

    // 64 windows of 256 of the two held-out novels (581,459 tokens) at these starts gave the reference perplexity 42.44 of opt-6m-novels.
    [Fact]
    public void Even_windows_begin_with_the_text_and_end_with_it()
    {
        var starts = TokenWindows.EvenStarts(581_459, 256, 64);
        Assert.Equal([0, 9_225, 18_450, 27_676], starts[..4]);
        Assert.Equal(581_459 - 256, starts[^1]);
        Assert.Equal([0], TokenWindows.EvenStarts(100, 10, 1));
        Assert.Equal([0, 45, 90], TokenWindows.EvenStarts(100, 10, 3));
    }

    [Fact]
    public void No_even_windows_overlap()
    {
        for (var total = 30; total < 200; total++)
            for (var count = 1; count <= total / 10; count++)
            {
                var starts = TokenWindows.EvenStarts(total, 10, count);
                for (var i = 1; i < count; i++) Assert.True(starts[i] - starts[i - 1] >= 10);
                Assert.True(starts[^1] + 10 <= total);
            }
        Assert.Throws<ArgumentOutOfRangeException>(() => TokenWindows.EvenStarts(29, 10, 3));
    }

    [Fact]
    public void Windows_predict_all_but_their_first_token()
    {
        var set = Cut(100, windows: 3);
        Assert.Equal([new(0, 10, 1), new(45, 10, 1), new(90, 10, 1)], set.Windows);
        Assert.Empty(set.Notices);
        Assert.Equal((30, 27), (set.TokenCount, set.PredictionCount));
    }

    [Fact]
    public void Where_fewer_fit_all_are_taken_side_by_side_and_it_says_so()
    {
        var set = Cut(37, windows: 8);
        Assert.Equal([0, 10, 20], set.Windows.Select(w => w.Start));
        var notice = Assert.Single(set.Notices);
        Assert.Contains("8 windows were asked for", notice);
        Assert.Contains("only 3", notice);
    }

    [Fact]
    public void Where_no_number_is_asked_all_that_fit_are_taken()
    {
        var set = Cut(37);
        Assert.Equal([0, 10, 20], set.Windows.Select(w => w.Start));
        Assert.Empty(set.Notices);
    }

    [Fact]
    public void A_bound_on_tokens_takes_fewer_windows_and_says_so()
    {
        var set = Cut(100, max: 35);
        Assert.Equal([0, 45, 90], set.Windows.Select(w => w.Start));
        Assert.Contains("Only 3 of 10", Assert.Single(set.Notices));
        Assert.Empty(Cut(100, windows: 3, max: 30).Notices);
        Assert.Equal(131_072, WindowOptions.CalibrationTokens);
    }

    [Fact]
    public void A_text_shorter_than_a_window_is_one_short_window_and_it_says_so()
    {
        var set = Cut(7, windows: 2);
        Assert.Equal([new(0, 7, 1)], set.Windows);
        Assert.Contains("7 tokens", Assert.Single(set.Notices));
        Assert.Contains("1 token", Assert.Throws<BadInputException>(() => Cut(1)).Found);
        Assert.Throws<BadInputException>(() => Cut(0));
    }

    [Fact]
    public void A_sliding_window_predicts_every_token_but_the_first_once()
    {
        for (var total = 2; total < 60; total++)
            for (var stride = 1; stride < 10; stride++)
            {
                var set = Cut(total, stride: stride);
                var predicted = set.Windows.SelectMany(w => Enumerable.Range(w.Start + w.FirstPredicted, w.Predictions));
                Assert.Equal(Enumerable.Range(1, total - 1), predicted);
                Assert.All(set.Windows, w => Assert.InRange(w.Length, 2, 10));
            }
    }

    [Fact]
    public void A_stride_of_a_whole_window_never_predicts_a_windows_first_token()
    {
        Assert.Equal([new(0, 10, 1), new(10, 10, 1)], Cut(21, stride: 10).Windows);
        Assert.Equal([new(0, 10, 1), new(4, 10, 6), new(8, 10, 6), new(12, 9, 6)], Cut(21, stride: 4).Windows);
    }

    [Fact]
    public void A_bound_on_tokens_shortens_the_text_under_a_stride_and_says_so()
    {
        var set = Cut(100, stride: 5, max: 20);
        Assert.Equal(19, set.PredictionCount);
        Assert.Contains("first 20 of 100", Assert.Single(set.Notices));
    }

    [Fact]
    public void Options_are_held_against_each_other()
    {
        Assert.Throws<BadUsageException>(() => Cut(100, context: 1));
        Assert.Throws<BadUsageException>(() => Cut(100, windows: 0));
        Assert.Throws<BadUsageException>(() => Cut(100, windows: 2, stride: 2));
        Assert.Throws<BadUsageException>(() => Cut(100, stride: 0));
        Assert.Throws<BadUsageException>(() => Cut(100, stride: 11));
        Assert.Throws<BadUsageException>(() => Cut(100, max: 9));
    }

    [Fact]
    public void Batches_hold_the_windows_tokens()
    {
        var set = Cut(25, stride: 8);
        var batches = set.ToBatches(new BatchOptions { MaxRows = 2 }, padId: null);
        Assert.Equal([0, 1], batches[0].Indices);
        Assert.Equal([2], batches[1].Indices);
        Assert.Equal(Enumerable.Range(108, 10).Select(i => (long)i), batches[0].Batch.InputIds[10..]);
        Assert.Null(batches[0].Batch.TokenTypeIds);
    }

    [Fact]
    public void A_text_is_tokenised_once_without_special_tokens()
    {
        var tokenizer = new WordTokenizer();
        var set = TokenWindows.Cut("a b c a b", tokenizer, new WindowOptions { Context = 2 });
        Assert.Equal([10, 11, 12, 10, 11], set.Ids);
        Assert.Equal(1, tokenizer.Encoded);
    }
}
