using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling;
using FFSplit.Onnx.Exporting;
using FFSplit.Runtime.Sessions;
using FFSplit.Torch.Tests.Goldens;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>Exported models, run as an application runs them, against what transformers, and the torch interpreter, give for the same folder.</summary>
public sealed class ParityTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Goldens() => [.. GoldenFolders.Names];

    [Theory]
    [MemberData(nameof(Goldens))]
    public void A_golden_folder_gives_what_transformers_gives(string name)
    {
        var source = GoldenFolders.Require(name);
        using var reference = new Reference(source);
        using var model = Export(source, OnnxExportOptions.OnnxRuntime);
        var output = model.Run(reference.Batch, model.Available & ~ModelOutputs.NextTokenLogProbabilities);
        if (output.LastHiddenState is not null) reference.Compare("last_hidden_state", output.LastHiddenState, Tolerance);
        if (output.PoolerOutput is not null) reference.Compare("pooler_output", output.PoolerOutput, Tolerance);
        if (output.Logits is not null) reference.Compare("logits", output.Logits, Tolerance);
    }

    [Theory]
    [InlineData(false, OnnxExportOptions.OnnxRuntime)]
    [InlineData(true, OnnxExportOptions.OnnxRuntime)]
    [InlineData(false, OnnxExportOptions.Portable)]
    [InlineData(true, OnnxExportOptions.Portable)]
    public void Every_light_kind_gives_what_torch_gives(bool gated, string target)
    {
        var source = _folder.File("split");
        RandomSplitCheckpoint.Write(source, gated, [LightKind.LowRank, LightKind.Linear, LightKind.None, LightKind.Dense], seed: 5);
        Agrees(source, target);
    }

    void Agrees(string source, string target)
    {
        var batch = new Batch(2, 5, [1, 2, 3, 4, 5, 6, 7, 8, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
        using var checkpoint = Checkpoint.Open(source);
        using var torch = new TorchModel(checkpoint);
        using var onnx = Export(source, target);
        var wanted = torch.Available & onnx.Available;
        Assert.NotEqual(ModelOutputs.None, wanted);
        var (expected, actual) = (torch.Run(batch, wanted), onnx.Run(batch, wanted));
        Same(expected.LastHiddenState, actual.LastHiddenState);
        Same(expected.Logits, actual.Logits);
        Same(expected.SentenceEmbedding, actual.SentenceEmbedding);
        Same(expected.NextTokenLogProbabilities, actual.NextTokenLogProbabilities);

        void Same(DenseArray? one, DenseArray? other)
        {
            if (one is null) return;
            Assert.Equal(one.Shape, other!.Shape);
            var width = one.Values.Length / (batch.Rows * batch.Length);
            var largest = one.Values.Max(Math.Abs);
            for (var i = 0; i < one.Values.Length; i++)
                if (one.Shape.Count < 3 || batch.AttentionMask[i / width] == 1)
                    Assert.True(Math.Abs(one.Values[i] - other.Values[i]) <= 1e-4 * largest, $"value {i}: {other.Values[i]} against {one.Values[i]}");
        }
    }

    OnnxModel Export(string source, string target)
    {
        var output = _folder.File($"exported-{target}");
        OnnxExport.Run(new OnnxExportOptions { Model = source, Output = output, Target = target });
        return new OnnxModel(Path.Combine(output, OnnxExport.ModelPath));
    }

    static float Tolerance(float largest) => 1e-4f * largest;
}
