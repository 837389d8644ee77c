using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Exports;
using FFSplit.Onnx.Exporting;

namespace FFSplit.Tests.Onnx;

/// <summary>What a run computes and reads, counted by hand from the sizes in config.json, and from the exported graph's weights.</summary>
public class RunCountsTest
{
    // Of shapes and activations; each export has a few.
    const long Constants = 2048;

    public static TheoryData<string, string> Exports
        => [.. new[] { "bert-base-model", "mpnet-model", "bert-mlm", "gpt2-lm", "llama-lm", "opt-350m-style-lm" }
            .SelectMany(name => OnnxExportOptions.Targets.Select(target => (name, target)))];

    [Theory]
    // 2 layers of 4 · 48² + 2 · 48 · 192.
    [InlineData("bert-base-model", 2 * 27648, 2 * 2 * 48, 0)]
    // 3 such layers, and the vocabulary of 211 on every token.
    [InlineData("gpt2-lm", 3 * 27648 + 48 * 211, 3 * 2 * 48, 0)]
    // Half as many key and value heads, three matrices of 48 × 128.
    [InlineData("llama-lm", 3 * (3 * 48 * 48 + 3 * 48 * 128) + 48 * 211, 3 * 2 * 48, 0)]
    // The classifier is run on one token of each text.
    [InlineData("roberta-classifier", 2 * 27648, 2 * 2 * 48, 48 * 48 + 48 * 2)]
    public void Products_are_counted_and_tables_are_not(string name, long perToken, long perPair, long perText)
    {
        using var checkpoint = Checkpoint.Open(TestFolders.RequireGolden(name));
        var counts = RunCounts.Of(checkpoint.Architecture, pooled: false);
        Assert.Equal((perToken, perPair, perText), (counts.PerToken, counts.PerPair, counts.PerText));
    }

    [Fact]
    public void A_cache_spares_the_tokens_that_it_holds_but_not_the_looks_at_them()
    {
        var counts = new RunCounts(PerToken: 1000, PerPair: 10, PerText: 1, Weights: 0);
        Assert.Equal(2 * (5 * (1000 + 10 * 5) + 1), counts.MultiplyAccumulates(2, 5, 5));
        Assert.Equal(3 * (1000 + 10 * 8 + 1), counts.MultiplyAccumulates(3, 1, 8));
    }

    [Fact]
    public void A_vocabulary_is_not_run_where_sentence_embeddings_are_wanted()
    {
        using var checkpoint = Checkpoint.Open(TestFolders.RequireGolden("bert-mlm"));
        var (whole, pooled) = (RunCounts.Of(checkpoint.Architecture, pooled: false), RunCounts.Of(checkpoint.Architecture, pooled: true));
        // 48 × 48 of the transform and 48 × 211 of the decoder, which is the token table.
        Assert.Equal(48 * 48 + 48 * 211, whole.PerToken - pooled.PerToken);
        Assert.Equal(48 * 48 + 48 + 2 * 48 + 48 * 211 + 211, whole.Weights - pooled.Weights);
    }

    [Theory, MemberData(nameof(Exports))]
    public void An_export_says_what_a_run_of_it_reads(string name, string target)
    {
        using var folder = new TemporaryFolder();
        OnnxExport.Run(new OnnxExportOptions { Model = TestFolders.RequireGolden(name), Output = folder.File("out"), Target = target });
        var record = ExportRecord.Read(folder.File("out"));
        Assert.InRange(record.WeightBytes!.Value, sizeof(float) * record.Run!.Weights, sizeof(float) * record.Run.Weights + Constants);
    }

    [Fact]
    public void Eight_bits_take_a_quarter_to_read_with_a_tied_table_and_without()
    {
        using var folder = new TemporaryFolder();
        long Bytes(string? table, string precision)
        {
            OnnxExport.Run(new OnnxExportOptions
            {
                Model = TestFolders.RequireGolden("gpt2-lm"),
                Output = folder.File("out"),
                Precision = precision,
                Table = table,
                Force = true,
            });
            return ExportRecord.Read(folder.File("out")).WeightBytes!.Value;
        }
        var (whole, matrices, all) = (Bytes(null, "fp32"), Bytes(null, "int8"), Bytes("int8", "int8"));
        // Three bytes less for each element of three layers and of the decoder, be that a matrix of its own or the table; but scales.
        var spared = 3 * (3 * 27648 + 48 * 211);
        Assert.InRange(whole - matrices, 0.9 * spared, spared);
        Assert.InRange(all, matrices - Constants, matrices + Constants);
    }
}
