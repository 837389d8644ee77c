using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary>Export, and what runs exported folders, as processes.</summary>
public sealed class RuntimeVerbsTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_encoder_is_exported_judged_timed_and_embeds()
    {
        var (model, whole, small) = (TinyModel.Encoder(_folder.File("model")), _folder.File("whole"), _folder.File("small"));
        CliProcess.Run("export", model, "-o", whole).Ended(0);
        CliProcess.Run("export", model, "-o", small, "--precision", "int8", "--table", "int8").Ended(0);
        var judged = CliProcess.Run("evaluate", model, whole, small, "--task", "sts-b", "--data", TinyModel.Pairs(_folder.File("pairs.tsv")), "--json").Ended(0).Json();
        Assert.Equal(1, judged.GetProperty("models")[1].GetProperty("against_first").GetProperty("cosine").GetDouble(), 1e-6);
        Assert.InRange(judged.GetProperty("models")[2].GetProperty("against_first").GetProperty("cosine").GetDouble(), 0.99, 0.999999);
        var result = CliProcess.Run("bench", model, whole, small, "--batch", "2", "--length", "8", "--rounds", "3", "--threads", "1", "--json").Ended(0).Json();
        var peaks = result.GetProperty("peaks");
        Assert.True(peaks.GetProperty("gigaflops_per_second").GetDouble() > 0 && peaks.GetProperty("gigabytes_per_second").GetDouble() > 0);
        Assert.Contains("on 1 thread", peaks.GetProperty("method").GetString(), StringComparison.Ordinal);
        var timed = result.GetProperty("rows");
        // 2 layers of 4 · 24² + 2 · 24 · 64 a token and of 2 · 24 a pair, for 16 tokens that see 8.
        var operations = 2 * 16 * (2 * (4 * 24 * 24 + 2 * 24 * 64) + 2 * 2 * 24 * 8);
        foreach (var row in timed.EnumerateArray())
            Assert.Equal(operations, 1e6 * row.GetProperty("gigaflops_per_second").GetDouble() * row.GetProperty("milliseconds").GetDouble(), 0.01);
        double Bytes(int row) => 1e6 * timed[row].GetProperty("gigabytes_per_second").GetDouble() * timed[row].GetProperty("milliseconds").GetDouble();
        Assert.InRange(Bytes(1), Bytes(0), Bytes(0) + 2048);
        Assert.InRange(Bytes(2), Bytes(0) / 4, Bytes(0) / 2);
        Assert.Equal(3, timed.GetArrayLength());
        Assert.Equal(1, timed[0].GetProperty("ratio").GetDouble());
        Assert.Equal(1, timed[1].GetProperty("agreement").GetDouble(), 1e-5);
        CliProcess.Run("bench", whole, "--length", "500").Ended(2).Says("--length 500");
        var lines = CliProcess.Run("embed", whole, "the sea", "old men").Ended(0).Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"text\":\"old men\",\"embedding\":[", lines[1], StringComparison.Ordinal);
        CliProcess.Run("embed", whole, "--data", TinyModel.Text(_folder.File("text.txt"), 7), "-o", _folder.File("vectors.jsonl")).Ended(0);
        Assert.Equal(7, File.ReadAllLines(_folder.File("vectors.jsonl")).Length);
        CliProcess.Run("embed", whole).Ended(2).Says("--data");
        CliProcess.Run("run", whole, "the sea").Ended(0);
        CliProcess.Run("run", model, "the sea").Ended(3).Says("ffsplit-export.json");
        CliProcess.Run("export", model, "-o", _folder.File("x"), "--table", "int8").Ended(2).Says("--precision int8");
        CliProcess.Run("export", model, "-o", _folder.File("x"), "--format", "dense-shaped", "--precision", "int8").Ended(2).Says("--precision");
    }

    [Fact]
    public void A_causal_model_is_exported_and_continues_a_text()
    {
        var (model, exported) = (TinyModel.Decoder(_folder.File("model")), _folder.File("exported"));
        CliProcess.Run("export", model, "-o", exported).Ended(0);
        var text = CliProcess.Run("generate", exported, "the rain", "--max-tokens", "9", "--json").Ended(0).Json();
        Assert.Equal("the rain", text.GetProperty("prompt").GetString());
        Assert.Contains(text.GetProperty("text").GetString()!, CliProcess.Run("generate", exported, "the rain", "--max-tokens", "9").Ended(0).Output, StringComparison.Ordinal);
        CliProcess.Run("generate", exported, "the rain", "--temperature", "-1").Ended(2).Says("Temperature");
        CliProcess.Run("embed", exported, "the rain").Ended(3).Says("SentenceEmbedding");
    }
}
