using System.Text.Json;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>A model of BERT-base's size, random: what the paper's split of it counts, and how much memory it takes to get there.</summary>
public class BertBaseShapeTest
{
    [Fact]
    public void A_whole_compression_of_bert_base_shapes_stays_within_memory()
    {
        using var temporary = new TemporaryFolder();
        RandomBert.Write(temporary.File("bert"));
        RandomBert.WriteText(temporary.File("text.txt"), lines: 128, length: 128);
        var run = CliProcess.Run("compress", temporary.File("bert"), "-o", temporary.File("split"), "--data", temporary.File("text.txt"), "--json").Ended(0);
        var report = JsonDocument.Parse(run.Output).RootElement;
        var sizes = report.GetProperty("sizes");
        // 12 · (4,722,432 − 1,656,576) fewer of 85,054,464.
        Assert.Equal(85_054_464, sizes.GetProperty("block_parameters").GetProperty("before").GetInt64());
        Assert.Equal(85_054_464 - 12 * 3_065_856, sizes.GetProperty("block_parameters").GetProperty("after").GetInt64());
        Assert.True(report.GetProperty("peak_memory_bytes").GetInt64() < 2_500_000_000, run.Output);
    }
}
