using System.Text;
using FFSplit.Onnx.Exporting;
using FFSplit.Torch.Tests.Helpers;
using Microsoft.ML.OnnxRuntime;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>What ONNX Runtime's optimizer makes of an exported graph when it loads it.</summary>
public sealed class OptimizedGraphTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "fp32", null)]
    [InlineData(false, "int8", "int8")]
    [InlineData(true, "fp32", null)]
    [InlineData(true, "int8", "int8")]
    public void No_sum_and_norm_become_the_slower_node_of_both(bool generates, string precision, string? table)
    {
        var source = generates ? TinyModel.Decoder(_folder.File("model")) : TinyModel.Encoder(_folder.File("model"));
        var (exported, optimized) = (_folder.File("exported"), _folder.File("optimized.onnx"));
        OnnxExport.Run(new OnnxExportOptions { Model = source, Output = exported, Precision = precision, Table = table });
        using var settings = new SessionOptions { OptimizedModelFilePath = optimized, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        using (new InferenceSession(Path.Combine(exported, OnnxExport.ModelPath), settings))
        {
        }
        // Names of operators stand in the file as they are.
        var text = Encoding.Latin1.GetString(File.ReadAllBytes(optimized));
        Assert.Contains("LayerNormalization", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SkipLayerNormalization", text, StringComparison.Ordinal);
    }
}
