using System.Text.Json;
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
        var result = CliProcess.Run("bench", model, whole, small, "--batch", "2", "--length", "8", "--rounds", "3", "--threads", "1",
            "--json").Ended(0).Json();
        var peaks = result.GetProperty("peaks");
        Assert.True(peaks.GetProperty("gigaflops_per_second").GetDouble() > 0 && peaks.GetProperty("gigabytes_per_second").GetDouble() > 0);
        Assert.Contains("on 1 thread", peaks.GetProperty("method").GetString(), StringComparison.Ordinal);
        var timed = result.GetProperty("rows");
        // 2 layers of 4 · 24² + 2 · 24 · 64 a token and of 2 · 24 a pair, for 16 tokens that see 8.
        var operations = 2 * 16 * (2 * (4 * 24 * 24 + 2 * 24 * 64) + 2 * 2 * 24 * 8);
        foreach (var row in timed.EnumerateArray())
            Assert.Equal(operations, Amount(row, "gigaflops_per_second"), 0.01);
        double Bytes(int row) => Amount(timed[row], "gigabytes_per_second");
        Assert.InRange(Bytes(1), Bytes(0), Bytes(0) + 2048);
        Assert.InRange(Bytes(2), Bytes(0) / 4, Bytes(0) / 2);
        Assert.Equal(3, timed.GetArrayLength());
        Assert.Equal(1, timed[0].GetProperty("ratio").GetDouble());
        Assert.Equal(1, timed[1].GetProperty("agreement").GetDouble(), 1e-5);
        CliProcess.Run("bench", whole, "--length", "500").Ended(2).Says("--length 500");
        var lines = CliProcess.Run("embed", whole, "the sea", "old men").Ended(0).Output.TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Contains("\"text\":\"old men\",\"embedding\":[", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, CliProcess.Run("embed", whole, "the sea", "old men", "--json").Ended(0).Json().GetArrayLength());
        CliProcess.Run("inspect", whole).Ended(3).Says("an exported model", "the folder that it was exported from");
        CliProcess.Run("embed", whole, "--data", TinyModel.Text(_folder.File("text.txt"), 7), "-o", _folder.File("vectors.jsonl")).Ended(0);
        Assert.Equal(7, File.ReadAllLines(_folder.File("vectors.jsonl")).Length);
        var written = CliProcess.Run("embed", whole, "--data", _folder.File("text.txt"), "-o", _folder.File("vectors.jsonl"), "--force", "--json").Ended(0).Json();
        Assert.Equal((7, 24), (written.GetProperty("texts").GetInt32(), written.GetProperty("dimensions").GetInt32()));
        Assert.Equal(7, File.ReadAllLines(_folder.File("vectors.jsonl")).Length);
        CliProcess.Run("embed", whole).Ended(2).Says("--data");
        CliProcess.Run("embed", whole, "the sea", "--text", "body").Ended(2).Says("--text");
        CliProcess.Run("run", whole, "the sea").Ended(0);
        CliProcess.Run("run", whole, "the sea", "--top", "0").Ended(2).Says("--top");
        // The tiny model's rows are no multiple of 64.
        var table = CliProcess.Run("export", model, "-o", _folder.File("four"), "--precision", "int8", "--table", "int4").Ended(0);
        table.Says("no multiple of 64");
        Assert.Contains("\"table\": \"int8\"", File.ReadAllText(Path.Combine(_folder.File("four"), "ffsplit-export.json")), StringComparison.Ordinal);
        CliProcess.Run("generate", whole, "the sea").Ended(3).Says("expected a model that gives logits", "found sentence embeddings, hidden states");
        CliProcess.Run("run", model, "the sea").Ended(3).Says("ffsplit-export.json");
        CliProcess.Run("export", model, "-o", _folder.File("x"), "--table", "int8").Ended(2).Says("--precision int8");
        CliProcess.Run("export", model, "-o", _folder.File("x"), "--format", "dense-shaped", "--precision", "int8").Ended(2).Says("--precision");
    }

    [Fact]
    public void Decoding_is_timed_token_by_token_with_a_cache_that_changes_nothing()
    {
        var (model, exported, small) = (TinyModel.Decoder(_folder.File("model")), _folder.File("exported"), _folder.File("small"));
        CliProcess.Run("export", model, "-o", exported).Ended(0);
        CliProcess.Run("export", model, "-o", small, "--precision", "int8").Ended(0);
        var result = CliProcess.Run("bench", exported, small, "--decode", "--length", "9", "--rounds", "6", "--threads", "1", "--json")
            .Ended(0).Json();
        Assert.True(result.GetProperty("decode").GetBoolean());
        Assert.Equal(1, result.GetProperty("batch").GetInt32());
        var rows = result.GetProperty("rows");
        Assert.Equal(1, rows[0].GetProperty("agreement").GetDouble(), 1e-9);
        Assert.Equal(1, rows[0].GetProperty("cache_agreement").GetDouble(), 1e-6);
        Assert.InRange(rows[1].GetProperty("agreement").GetDouble(), 0.99, 0.999999);
        Assert.InRange(rows[1].GetProperty("cache_agreement").GetDouble(), 0.99, 1.000001);
        // One token of 2 layers and a vocabulary, with 9 + 3 + 1 + 6 − 3 tokens to look at in the middle.
        using var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(model, "config.json")));
        var vocabulary = config.RootElement.GetProperty("vocab_size").GetInt32();
        var operations = 2 * (2 * (4 * 24 * 24 + 2 * 24 * 64) + 24 * vocabulary + 2 * 2 * 24 * 16);
        foreach (var row in rows.EnumerateArray())
        {
            Assert.Equal(1000 / row.GetProperty("milliseconds").GetDouble(), row.GetProperty("tokens_per_second").GetDouble(), 0.01);
            Assert.Equal(operations, Amount(row, "gigaflops_per_second"), 0.01);
        }
        string[] few = ["bench", exported, "--decode", "--length", "5", "--rounds", "2"];
        var three = CliProcess.Run([.. few, "--batch", "3", "--json"]).Ended(0).Json().GetProperty("rows")[0];
        Assert.Equal(1, three.GetProperty("cache_agreement").GetDouble(), 1e-6);
        Assert.Equal(3000 / three.GetProperty("milliseconds").GetDouble(), three.GetProperty("tokens_per_second").GetDouble(), 0.01);
        var spinning = CliProcess.Run([.. few, "--spin", "--threads", "2"]).Ended(0).Output;
        Assert.Contains("without cache", spinning, StringComparison.Ordinal);
        Assert.Contains("2 threads that spin", spinning, StringComparison.Ordinal);
    }

    [Fact]
    public void Decoding_asks_for_what_can_decode()
    {
        var (encoder, decoder) = (TinyModel.Encoder(_folder.File("encoder")), TinyModel.Decoder(_folder.File("decoder")));
        CliProcess.Run("export", encoder, "-o", _folder.File("encoder-onnx")).Ended(0);
        CliProcess.Run("export", decoder, "-o", _folder.File("decoder-onnx")).Ended(0);
        CliProcess.Run("bench", _folder.File("encoder-onnx"), "--decode", "--length", "5").Ended(2)
            .Says("--decode: expected exported causal language models, which keep keys and values of earlier tokens, found encoder-onnx")
            .Says("Name decoders, or leave --decode out.");
        CliProcess.Run("bench", decoder, "--decode", "--length", "5").Ended(2).Says("which keep keys and values").Says("ffsplit export");
        // The prompt, three tokens that are looked at, one to warm up, and 30.
        CliProcess.Run("bench", _folder.File("decoder-onnx"), "--decode", "--length", "7").Ended(2).Says("at most 40 tokens", "found 41");
        CliProcess.Run("bench", _folder.File("decoder-onnx"), "--decode", "--batch", "0").Ended(2).Says("--batch");
        CliProcess.Run("bench", _folder.File("nothing"), "--decode").Ended(3);
    }

    [Fact]
    public void A_causal_model_is_exported_and_continues_a_text()
    {
        var (model, exported) = (TinyModel.Decoder(_folder.File("model")), _folder.File("exported"));
        CliProcess.Run("export", model, "-o", exported).Ended(0);
        var text = CliProcess.Run("generate", exported, "the rain", "--max-tokens", "9", "--json").Ended(0).Json();
        Assert.Equal("the rain", text.GetProperty("prompt").GetString());
        Assert.Contains(text.GetProperty("text").GetString()!, CliProcess.Run("generate", exported, "the rain", "--max-tokens", "9").Ended(0).Output, StringComparison.Ordinal);
        CliProcess.Run("generate", exported, "the rain", "--temperature", "-1").Ended(2).Says("temperature: expected a number of at least 0");
        CliProcess.Run("embed", exported, "the rain").Ended(3).Says("sentence embeddings");
    }

    // A rate times its milliseconds.
    static double Amount(JsonElement row, string rate)
        => 1e6 * row.GetProperty(rate).GetDouble() * row.GetProperty("milliseconds").GetDouble();
}
