using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Quantization;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Exporting;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Quantization;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Weights;
using FFSplit.Onnx.Exporting;
using FFSplit.Onnx.Weights;
using FFSplit.Runtime.Sessions;
using FFSplit.Torch.Tests.Goldens;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Quantization;

/// <summary>Quantised checkpoints of all kinds of matrices: turned (GPT-2), fused and interleaved (GPT-NeoX), gated (LLaMA).</summary>
public sealed class QuantizationWalkTest : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Families() => ["bert-mlm-hub", "gpt2-lm-hub", "gpt-neox-lm", "llama-lm-hub", "opt-lm-bin-sharded"];

    [Theory]
    [MemberData(nameof(Families))]
    public void Eight_bits_change_little_and_all_else_stays(string name)
    {
        var (split, batch) = Split(name, LightKind.Dense);
        var quantised = Quantise(split, batch, new QuantizationBits(8, 8, 8));
        using (var before = Checkpoint.Open(split))
        using (var after = Checkpoint.Open(quantised))
        {
            Assert.Equal(before.StoredTensors.Keys.Order(), after.StoredTensors.Keys.Order());
            Assert.Equal(MatrixNames(before), after.Split!.Quantized.Keys.Order());
            foreach (var (tensor, data) in before.StoredTensors)
                if (!after.Split.Quantized.ContainsKey(tensor)) Assert.Equal(Bytes(data), Bytes(after.StoredTensors[tensor]));
                else Assert.Equal(data.Shape, after.StoredTensors[tensor].Shape);
        }
        Close(Golden.Output(split, batch), Golden.Output(quantised, batch), 0.05f);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void An_export_multiplies_by_the_stored_codes(string name)
    {
        var (split, batch) = Split(name, LightKind.Dense);
        var quantised = Quantise(split, batch, new QuantizationBits(Heavy: 8, Light: 4, Attention: 4, Block: 16));
        var expected = Golden.Output(quantised, batch);
        Close(expected, Run(quantised, OnnxExportOptions.Mixed, batch), 0.08f);
        Close(expected, Run(quantised, OnnxExportOptions.StaticEightBits, batch), 0.08f);
        // The nearest codes of the split model itself are further away than its own codes are from themselves.
        Assert.NotEqual(expected, Golden.Output(split, batch));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_stored_codes_are_packed_as_they_are(string name)
    {
        var (split, batch) = Split(name, LightKind.Dense);
        using var checkpoint = Checkpoint.Open(Quantise(split, batch, new QuantizationBits(Heavy: 8, Light: 4, Attention: 4, Block: 16)));
        var store = new WeightStore(checkpoint.Tensor);
        var block = checkpoint.Architecture.Blocks[0];
        foreach (var binding in block.Attention.Bindings.Concat(block.FeedForward.Bindings).Where(b => b.Shape.Count == 2))
        {
            var form = store.CodesOf(binding)!.Form;
            var packed = store.Quantised(binding, form);
            // Codes times scales are the very numbers that the torch forward multiplies by; no others have these scales.
            Assert.Equal(store.Values(binding), packed.Values());
            var whole = ((QuantizedTensor)checkpoint.Tensor(binding)).ReadMatrix();
            Assert.All(packed.Scales, scale => Assert.Contains(scale, whole.Scales));
            if (binding.Part is null) Assert.Equal(whole.Codes, packed.Codes);
        }
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        var (split, batch) = Split("opt-lm-bin-sharded", LightKind.LowRank);
        var (first, second) = (Quantise(split, batch, new QuantizationBits(), "first"), Quantise(split, batch, new QuantizationBits(), "second"));
        foreach (var file in new[] { "ffsplit.safetensors", "config.json", "ffsplit.json" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, file)), File.ReadAllBytes(Path.Combine(second, file)));
        Assert.False(Directory.Exists(Path.Combine(first, ".blocks")));
    }

    [Fact]
    public void What_is_made_of_it_holds_numbers_again()
    {
        var (split, batch) = Split("gpt2-lm-hub", LightKind.LowRank);
        var quantised = Quantise(split, batch, new QuantizationBits());
        var expected = Golden.Output(quantised, batch);
        var (shaped, trained) = (_folder.File("shaped"), _folder.File("trained"));
        using (var checkpoint = Checkpoint.Open(quantised))
        {
            DenseShapedExport.Write(checkpoint, shaped, force: false);
            using var weights = new TorchWeights(checkpoint, checkpoint.Architecture.Bindings);
            TrainedFolder.Write(checkpoint, weights, new TrainedFolderOptions { Output = trained });
        }
        Close(expected, Golden.Output(shaped, batch), 1e-5f);
        Close(expected, Golden.Output(trained, batch), 1e-5f);
        using var written = Checkpoint.Open(trained);
        Assert.Empty(written.Split!.Quantized);
    }

    [Theory]
    [InlineData(OnnxExportOptions.Mixed)]
    [InlineData(OnnxExportOptions.StaticEightBits)]
    public void Without_codes_an_export_that_packs_them_names_the_verb_that_makes_them(string precision)
    {
        var (split, _) = Split("bert-mlm-hub", LightKind.LowRank);
        var output = _folder.File("refused");
        var error = Assert.Throws<BadInputException>(() => OnnxExport.Run(new OnnxExportOptions { Model = split, Output = output, Precision = precision }));
        Assert.Contains("ffsplit quantize", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(output));
    }

    (string Folder, Batch Batch) Split(string name, LightKind light)
    {
        var source = GoldenFolders.Require(name);
        var split = _folder.File("split");
        using var checkpoint = Checkpoint.Open(source);
        var plan = Planner.Plan(checkpoint, null, new PlanOptions { Light = light, Importance = "random", Seed = 2 });
        SplitWriter.Write(checkpoint, plan, split, DType.F32, force: false);
        return (split, Golden.Batch(source));
    }

    string Quantise(string split, Batch batch, QuantizationBits bits, string name = "quantised")
    {
        var output = _folder.File(name);
        using var checkpoint = Checkpoint.Open(split);
        var heldOut = new bool[batch.Rows];
        heldOut[^1] = true;
        QuantizationWalk.Write(checkpoint, new CalibrationSet([batch], [heldOut], "golden", Generic: false, []), bits, output, force: false, 1L << 30,
            progress: null, TestContext.Current.CancellationToken);
        return output;
    }

    float[] Run(string folder, string precision, Batch batch)
    {
        var output = _folder.File(precision);
        OnnxExport.Run(new OnnxExportOptions { Model = folder, Output = output, Precision = precision });
        using var model = new OnnxModel(Path.Combine(output, OnnxExport.ModelPath));
        var wanted = model.Available.HasFlag(ModelOutputs.Logits) ? ModelOutputs.Logits : ModelOutputs.LastHiddenState;
        var result = model.Run(batch, wanted);
        var array = result.Logits ?? result.LastHiddenState!;
        var width = (int)array.Shape[^1];
        return array.Shape.Count < 3 ? array.Values : [.. array.Values.Where((_, i) => batch.AttentionMask[i / width] != 0)];
    }

    static IEnumerable<string> MatrixNames(Checkpoint checkpoint) => checkpoint.Architecture.Blocks
        .SelectMany(b => b.Attention.Bindings.Concat(b.FeedForward.Bindings)).Where(b => b.Shape.Count == 2).Select(b => b.Name).Distinct().Order();

    static byte[] Bytes(TensorData tensor)
    {
        var bytes = new byte[tensor.ByteCount];
        tensor.ReadBytes(0, bytes);
        return bytes;
    }

    static void Close(float[] expected, float[] actual, float part)
    {
        Assert.Equal(expected.Length, actual.Length);
        var largest = expected.Max(Math.Abs);
        var worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= part * largest, $"off by {worst} where the largest value is {largest}");
    }
}
