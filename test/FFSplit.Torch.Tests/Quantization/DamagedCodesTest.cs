using System.Text.Json.Nodes;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Quantization;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Quantization;

/// <summary>A quantised folder whose config.json and tensors contradict each other.</summary>
public sealed class DamagedCodesTest : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly string _quantised;
    readonly string _name;

    public DamagedCodesTest()
    {
        var split = _folder.File("split");
        RandomSplitCheckpoint.Write(split, gated: false, [LightKind.LowRank, LightKind.Dense], seed: 5);
        _quantised = _folder.File("quantised");
        using var checkpoint = Checkpoint.Open(split);
        var batch = new Batch(2, 4, [1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 1, 1, 1, 1, 1, 1]);
        QuantizationWalk.Write(checkpoint, new CalibrationSet([batch], [[false, true]], "made", Generic: false, []), new QuantizationBits(Block: 16), _quantised,
            force: false, 1L << 30, progress: null, TestContext.Current.CancellationToken);
        using var written = Checkpoint.Open(_quantised);
        _name = written.Split!.Quantized.First(q => q.Value.Form.Bits == 4).Key;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_newer_format_is_refused() => Refused(root => root["version"] = 3, "version", "1 to 2", "3");

    [Fact]
    public void Codes_that_are_not_there_are_named()
        => Refused(root => root["quantized"]!["no.such"] = root["quantized"]![_name]!.DeepClone(), "no.such.codes", "none");

    [Fact]
    public void Codes_that_nobody_announced_are_left_over()
        => Refused(root => ((JsonObject)root["quantized"]!).Remove(_name), _name);

    [Theory]
    [InlineData("width", 9999, "[")]
    [InlineData("bits", 8, "I8")]
    [InlineData("bits", 9, "'bits' = 9")]
    [InlineData("block", 17, "'block' = 17")]
    [InlineData("surprise", 1, "'surprise' = 1")]
    public void A_form_that_the_tensors_do_not_have_is_refused(string key, int value, string says)
        => Refused(root => root["quantized"]![_name]![key] = value, _name, says);

    [Fact]
    public void A_form_without_a_range_is_refused()
        => Refused(root => ((JsonObject)root["quantized"]![_name]!).Remove("input_least"), _name, "input_least");

    void Refused(Action<JsonNode> damage, params string[] says)
    {
        var path = Path.Combine(_quantised, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        damage(config["ffsplit"]!);
        File.WriteAllText(path, config.ToJsonString());
        var error = Assert.Throws<BadInputException>(() => Checkpoint.Open(_quantised).Dispose());
        foreach (var part in says) Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
