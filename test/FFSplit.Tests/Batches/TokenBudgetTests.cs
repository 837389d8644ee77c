using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;

namespace FFSplit.Tests.Batches;

public class TokenBudgetTests
{
    static readonly TokenizedText[] s_texts = [.. new[] { 5, 3, 4 }.Select(n => new TokenizedText(new int[n], new int[n]))];

    [Theory]
    [InlineData(12, 3)]
    [InlineData(11, 2)]
    [InlineData(8, 2)]
    [InlineData(7, 1)]
    [InlineData(1, 1)]
    public void Whole_texts_are_kept_while_they_fit(long most, int kept)
    {
        var (texts, notice) = TokenBudget.Take(s_texts, most);
        Assert.Equal(s_texts[..kept], texts);
        Assert.Equal(kept == 3 ? null : $"Only {kept} of 3 texts are taken: --max-tokens is {most}.", notice);
    }

    [Fact]
    public void A_bound_below_one_is_bad_usage() => Assert.Throws<BadUsageException>(() => TokenBudget.Take(s_texts, 0));
}
