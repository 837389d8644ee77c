using FFSplit.Checkpoints;
using FFSplit.Onnx.Exporting;
using FFSplit.Runtime.Generation;
using FFSplit.Runtime.Sessions;

namespace FFSplit.Tests.Runtime;

/// <summary>Texts that are continued side by side.</summary>
public sealed class DecodingRunTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gpt2-lm")]
    [InlineData("llama-lm")]
    public void Each_text_gets_what_it_gets_alone(string name)
    {
        using var model = Export(name);
        int[] first = [5, 17, 99, 4], second = [150, 3, 8, 42];
        using var both = new DecodingRun(model, rows: 2);
        using var one = new DecodingRun(model);
        using var other = new DecodingRun(model);
        Same([.. one.Run(first), .. other.Run(second)], both.Run([.. first, .. second]));
        for (var token = 20; token < 23; token++) Same([.. one.Run([token]), .. other.Run([token + 9])], both.Run([token, token + 9]));
    }

    [Fact]
    public void What_is_not_one_token_for_each_text_is_refused()
    {
        using var model = Export("gpt2-lm");
        using var run = new DecodingRun(model, rows: 2);
        Assert.Throws<ArgumentException>(() => run.Run([1, 2, 3]));
        Assert.Throws<ArgumentException>(() => run.Run([]));
    }

    [Fact]
    public void An_encoder_is_refused()
    {
        using var model = Export("bert-base-model");
        Assert.Throws<BadInputException>(() => new DecodingRun(model));
    }

    OnnxModel Export(string name)
    {
        OnnxExport.Run(new OnnxExportOptions { Model = TestFolders.RequireGolden(name), Output = _folder.File("out"), Force = true });
        return new OnnxModel(Path.Combine(_folder.File("out"), OnnxExport.ModelPath));
    }

    static void Same(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-4f);
    }
}
