using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Compression.Analysis;
using FFSplit.Compression.Jobs;
using FFSplit.Compression.Statistics;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Compression;

public class StatisticsTest
{
    [Theory]
    [InlineData("bert-mlm")]
    [InlineData("llama-lm")]
    [InlineData("mpnet-model")]
    public void Merged_statistics_equal_the_whole(string name)
    {
        var folder = TestFolders.RequireGolden(name);
        using var checkpoint = Checkpoint.Open(folder);
        Batch[] batches = [.. Rows(Golden.Batch(folder))];
        var whole = Golden.Statistics(checkpoint, batches).Whole;
        var merged = Golden.Statistics(checkpoint, batches[0]).Merge(Golden.Statistics(checkpoint, batches[1..])).Whole;
        Near(whole, merged, 1e-12);
        Near(whole, Golden.Statistics(checkpoint, Golden.Batch(folder)).Whole, 1e-5);
    }

    [Theory]
    [InlineData("bert-mlm")]
    [InlineData("opt-350m-style-lm")]
    [InlineData("mpnet-model")]
    public void Block_by_block_gives_the_same_as_batch_by_batch(string name)
    {
        var folder = TestFolders.RequireGolden(name);
        using var checkpoint = Checkpoint.Open(folder);
        Batch[] batches = [Golden.Batch(folder), .. Rows(Golden.Batch(folder))];
        var together = Golden.Statistics(checkpoint, batches);
        // No memory at all: one block's weights at a time, hidden states in a scratch file.
        var walked = StatisticsRun.Collect(checkpoint, batches, "golden", 0, memoryLimit: 0).Statistics;
        Near(together.First, walked.First, 1e-12);
        Near(together.Second, walked.Second, 1e-12);
    }

    [Fact]
    public void Counts_agree_with_a_plain_count_over_the_tokens()
    {
        var folder = TestFolders.RequireGolden("opt-lm");
        using var checkpoint = Checkpoint.Open(folder);
        var whole = Golden.Statistics(checkpoint, Golden.Batch(folder)).Whole;
        Assert.Equal(Golden.Batch(folder).TokenCount, whole.Tokens);
        foreach (var layer in whole.Layers)
        {
            // ReLU: a neuron that is never active has no energy, and only active ones are ever among a token's top quarter.
            for (var j = 0; j < layer.Neurons; j++)
            {
                Assert.Equal(layer.Active[j] == 0, layer.SumOfSquares[j] == 0);
                Assert.True(layer.TopQuarter[j] <= layer.Active[j]);
                Assert.True(layer.Active[j] <= whole.Tokens);
            }
            // 48 of 192 neurons are a token's top quarter, unless fewer are active.
            Assert.True(layer.TopQuarter.Sum() <= 48 * whole.Tokens);
            Assert.True(layer.TopQuarter.Sum() >= Math.Min(48 * whole.Tokens, layer.Active.Sum()) / 2);
        }
    }

    [Fact]
    public void A_file_gives_back_what_was_saved()
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden("gpt2-lm");
        using var checkpoint = Checkpoint.Open(folder);
        var statistics = Golden.Statistics(checkpoint, Golden.Batch(folder));
        StatisticsFile.Save(statistics, temporary.File("s.safetensors"));
        var loaded = StatisticsFile.Load(temporary.File("s.safetensors"));
        Assert.Equal(statistics.Source, loaded.Source);
        Near(statistics.First, loaded.First, 0);
        Near(statistics.Second, loaded.Second, 0);
        Assert.Equal(StatisticsFile.Hash(statistics), StatisticsFile.Hash(loaded));
    }

    [Fact]
    public void Statistics_of_another_model_are_refused()
    {
        using var bert = Checkpoint.Open(TestFolders.RequireGolden("bert-mlm"));
        using var opt = Checkpoint.Open(TestFolders.RequireGolden("opt-lm"));
        var statistics = Golden.Statistics(bert, Golden.Batch(bert.Folder));
        Assert.Contains("bert-mlm", Assert.Throws<BadInputException>(() => StatisticsFile.CheckFits(statistics, opt)).Message, StringComparison.Ordinal);
        var others = Golden.Statistics(opt, Golden.Batch(opt.Folder));
        Assert.Throws<BadInputException>(() => statistics.Merge(others));
        using var temporary = new TemporaryFolder();
        StatisticsFile.Save(statistics, temporary.File("bert"));
        StatisticsFile.Save(others, temporary.File("opt"));
        var error = Assert.Throws<BadInputException>(() => MergeJob.Run(new MergeOptions
        {
            Files = [temporary.File("bert"), temporary.File("opt")],
            Output = temporary.File("both"),
        }, TestContext.Current.CancellationToken));
        Assert.Equal(temporary.File("opt"), error.Thing);
        Assert.Contains(temporary.File("bert"), error.Expected, StringComparison.Ordinal);
    }

    [Fact]
    public void Halves_of_one_sample_are_not_compared()
    {
        using var checkpoint = Checkpoint.Open(TestFolders.RequireGolden("bert-mlm"));
        var statistics = Golden.Statistics(checkpoint, Rows(Golden.Batch(checkpoint.Folder)).First());
        var report = Analyzer.Report(checkpoint, statistics);
        Assert.All(report.Layers, layer => Assert.True(double.IsNaN(layer.Jaccard)));
        Assert.Contains(report.Notices, n => n.Contains("single sample", StringComparison.Ordinal));
        Assert.All(Analyzer.Report(checkpoint, statistics, against: statistics).Layers, layer => Assert.Equal(1, layer.Jaccard));
    }

    static IEnumerable<Batch> Rows(Batch batch)
    {
        for (var row = 0; row < batch.Rows; row++)
        {
            var cells = (row * batch.Length)..((row + 1) * batch.Length);
            yield return new Batch(1, batch.Length, batch.InputIds[cells], batch.AttentionMask[cells], batch.TokenTypeIds?[cells]);
        }
    }

    static void Near(StatisticsHalf expected, StatisticsHalf actual, double tolerance)
    {
        Assert.Equal(expected.Tokens, actual.Tokens);
        Assert.Equal(expected.Layers.Count, actual.Layers.Count);
        foreach (var (a, b) in expected.Layers.Zip(actual.Layers))
        {
            for (var j = 0; j < a.Neurons; j++)
            {
                Assert.True(Math.Abs(a.SumOfSquares[j] - b.SumOfSquares[j]) <= tolerance * a.SumOfSquares[j], $"Σh² of neuron {j}: {a.SumOfSquares[j]} against {b.SumOfSquares[j]}");
                Assert.True(Math.Abs(a.Sum[j] - b.Sum[j]) <= tolerance * Math.Sqrt(a.SumOfSquares[j] * expected.Tokens), $"Σh of neuron {j}");
            }
            if (tolerance > 1e-9) continue;
            Assert.Equal(a.Active, b.Active);
            Assert.Equal(a.TopQuarter, b.TopQuarter);
        }
    }
}
