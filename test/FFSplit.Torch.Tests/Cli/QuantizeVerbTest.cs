using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Cli;

/// <summary><c>quantize</c> and the exports of its result, as processes.</summary>
public sealed class QuantizeVerbTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _model;
    readonly string _text;
    readonly string _split;

    public QuantizeVerbTest()
    {
        _model = TinyModel.Encoder(_folder.File("model"));
        _text = TinyModel.Text(_folder.File("text.txt"), lines: 200, seed: 3);
        _split = _folder.File("split");
        CliProcess.Run("compress", _model, "--light", "dense", "--data", _text, "-o", _split).Ended(0).Says("'ffsplit quantize'");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void From_the_dense_model_to_a_mixed_export_that_runs()
    {
        var (quantised, exported) = (_folder.File("quantised"), _folder.File("exported"));
        var run = CliProcess.Run("quantize", _split, "--data", _text, "--block", "16", "-o", quantised, "--json").Ended(0);
        var matrices = run.Json().GetProperty("matrices").EnumerateArray().ToArray();
        Assert.Equal(2 * 8, matrices.Length);
        Assert.Equal(2 * 2, matrices.Count(m => m.GetProperty("bits").GetInt32() == 4));
        foreach (var matrix in matrices.Where(m => m.GetProperty("kept").GetBoolean()))
            Assert.True(matrix.GetProperty("feedback").GetDouble() < matrix.GetProperty("nearest").GetDouble());
        Assert.True(run.Json().GetProperty("file_bytes").GetProperty("after").GetInt64() < run.Json().GetProperty("file_bytes").GetProperty("before").GetInt64());
        CliProcess.Run("inspect", quantised).Ended(0);
        CliProcess.Run("export", quantised, "--precision", "mixed", "-o", exported).Ended(0);
        CliProcess.Run("embed", exported, "the sea was calm").Ended(0);
        CliProcess.Run("quantize", quantised, "--data", _text, "-o", _folder.File("twice")).Ended(3).Says("quantised already", "split model");
    }

    [Fact]
    public void It_tells_the_errors_layer_by_layer()
    {
        var run = CliProcess.Run("quantize", _split, "--data", _text, "-o", _folder.File("out")).Ended(0);
        foreach (var part in new[] { "nearest codes", "as stored", "--precision mixed" }) Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "--light-bits", "5", "8 or 4")]
    [InlineData(2, "--block", "20", "16, 32")]
    [InlineData(2, "--memory", "much", "1GB")]
    public void Bad_usage_says_what_is_taken(int code, string option, string value, string says)
    {
        CliProcess.Run("quantize", _split, "--data", _text, option, value, "-o", _folder.File("out")).Ended(code).Says(option, value, says);
        Assert.False(Directory.Exists(_folder.File("out")));
    }

    [Fact]
    public void A_config_key_that_was_let_through_is_let_through_in_the_result()
    {
        TinyModel.Configure(_split, "surprise", 1);
        var output = _folder.File("out");
        CliProcess.Run("quantize", _split, "--data", _text, "-o", output).Ended(3).Says("surprise");
        CliProcess.Run("quantize", _split, "--data", _text, "--allow-config", "surprise", "-o", output).Ended(0);
        CliProcess.Run("inspect", output).Ended(0);
    }

    [Fact]
    public void A_dense_model_is_pointed_to_the_split_that_keeps_all()
        => CliProcess.Run("quantize", _model, "--data", _text, "-o", _folder.File("out")).Ended(3).Says("a split model", "--light dense");

    [Theory]
    [InlineData("mixed")]
    [InlineData("int8-static")]
    public void What_packs_codes_needs_codes(string precision)
        => CliProcess.Run("export", _split, "--precision", precision, "-o", _folder.File("out")).Ended(3).Says("ffsplit quantize", precision);

    [Fact]
    public void The_standard_has_no_operator_for_four_bits()
        => CliProcess.Run("export", _split, "--precision", "int4", "--target", "portable", "-o", _folder.File("out")).Ended(2).Says("--target onnxruntime");
}
