using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Compression.Plans;

namespace FFSplit.Torch.Tests.Compression;

public class PlanOptionsTest
{
    [Theory]
    [InlineData("paper", null, false)]
    [InlineData("paper", LightKind.LowRank, false)]
    [InlineData("paper", LightKind.None, true)]
    [InlineData("paper", LightKind.Linear, true)]
    [InlineData("paper", LightKind.Dense, false)]
    [InlineData("vanilla", null, true)]
    [InlineData("prune-light", null, true)]
    public void Repair_is_as_asked_for_else_where_there_is_text_for_all_but_the_paper(string method, LightKind? light, bool byDefault)
    {
        var options = new PlanOptions { Method = method, Light = light };
        Assert.Equal(byDefault, options.Repairs(hasText: true));
        Assert.False(options.Repairs(hasText: false));
        foreach (var hasText in new[] { true, false })
        {
            Assert.True((options with { Repair = true }).Repairs(hasText));
            Assert.False((options with { Repair = false }).Repairs(hasText));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(false)]
    public void A_linear_light_part_needs_a_repair(bool? repair)
    {
        var options = new PlanOptions { Light = LightKind.Linear, Repair = repair };
        Assert.Contains("--light linear", Assert.Throws<BadUsageException>(options.Validate).Message, StringComparison.Ordinal);
        (options with { Repair = true }).Validate();
    }
}
