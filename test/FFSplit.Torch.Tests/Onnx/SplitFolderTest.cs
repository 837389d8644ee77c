using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Modeling;
using FFSplit.Onnx.Exporting;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Onnx;

/// <summary>A split checkpoint with every kind of light part, exported.</summary>
public class SplitFolderTest
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_light_kind_gives_what_torch_gives_and_nothing_of_the_split_shows(bool gated)
    {
        using var folder = new TemporaryFolder();
        RandomSplitCheckpoint.Write(folder.Path, gated, [LightKind.LowRank, LightKind.Linear, LightKind.None, LightKind.Dense], seed: 5);
        folder.Write("ffsplit.json", "{}");
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var torch = new TorchModel(checkpoint);
        var batch = new Batch(2, 5, [1, 2, 3, 4, 5, 6, 7, 8, 0, 0], [1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
        var expected = torch.Run(batch, ModelOutputs.LastHiddenState).LastHiddenState!.Values;
        foreach (var target in OnnxExportOptions.Targets)
        {
            using var onnx = new ExportedGraph(folder.Path, target);
            Close.Within(1e-5, expected, onnx.Run(batch)["last_hidden_state"], batch, target);
            Assert.False(File.Exists(Path.Combine(onnx.Folder, "ffsplit.json")));
            var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(onnx.Folder, "config.json"))).RootElement;
            Assert.Equal(gated ? "llama" : "bert", config.GetProperty("model_type").GetString());
            Assert.False(config.TryGetProperty("ffsplit", out _));
            Assert.True(JsonDocument.Parse(File.ReadAllText(Path.Combine(onnx.Folder,
                "ffsplit-export.json"))).RootElement.GetProperty("split").GetBoolean());
        }
    }
}
