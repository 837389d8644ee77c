using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Modeling.Training;
using FFSplit.Torch.Tests.Helpers;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Training;

/// <summary>Weights go back to where they came from.</summary>
public class TrainedFolderTest
{
    public static TheoryData<string> Families() => Golden.Data();

    [Theory]
    [MemberData(nameof(Families))]
    public void What_was_not_trained_comes_back_byte_for_byte(string family)
    {
        using var output = new TemporaryFolder();
        using var source = Checkpoint.Open(TestFolders.RequireGolden(family));
        Write(source, output.File("out"), type: null);
        using var written = Checkpoint.Open(output.File("out"));
        foreach (var binding in source.Architecture.Bindings)
            Assert.True(TensorConversion.SameBytes(source.Tensor(binding), written.Tensor(binding)), binding.Name);
        Assert.Equal(source.ClassName, written.ClassName);
    }

    [Fact]
    public void Fused_and_transposed_weights_are_written_as_the_file_had_them()
    {
        using var output = new TemporaryFolder();
        using var source = Checkpoint.Open(TestFolders.RequireGolden("gpt2-lm-hub"));
        using var weights = new TrainableWeights(source, ScalarType.Float32, []);
        var attention = source.Architecture.Blocks[0].Attention;
        // Element (o, i) of the key's matrix lies at (i, d + o) of c_attn.
        weights[attention.Key.Weight][2, 5] = 7;
        weights[attention.Key.Bias!][3] = 8;
        TrainedFolder.Write(source, weights, new TrainedFolderOptions { Output = output.File("out") });
        using var written = Checkpoint.Open(output.File("out"));
        var d = source.Architecture.HiddenSize;
        Assert.Equal(7, written.Tensor(attention.Key.Weight).ReadSingles()[5 * 3 * d + d + 2]);
        Assert.Equal(8, written.Tensor(attention.Key.Bias!).ReadSingles()[d + 3]);
        Assert.Equal([d, 3 * d], written.Tensor(attention.Key.Weight).Shape);
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void A_new_head_opens_again_as_the_family_has_it(string family)
    {
        using var output = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(family);
        using var source = Checkpoint.Open(folder, newHead: new NewHead(3));
        Assert.NotEmpty(source.MadeTensors);
        Assert.EndsWith("ForSequenceClassification", source.ClassName, StringComparison.Ordinal);
        using (var weights = new TrainableWeights(source, ScalarType.Float32, [], seed: 5))
            TrainedFolder.Write(source, weights, new TrainedFolderOptions
            {
                Output = output.File("out"),
                Labels = ["no", "yes", "perhaps"],
                ProblemType = "single_label_classification",
                PadId = 0
            });
        using var written = Checkpoint.Open(output.File("out"));
        Assert.Equal(3, Assert.IsType<Head.Classifier>(written.Architecture.Head).Labels);
        Assert.Empty(written.MadeTensors);
        var config = JsonDocument.Parse(File.ReadAllText(Path.Combine(output.File("out"), "config.json"))).RootElement;
        Assert.Equal(source.ClassName, config.GetProperty("architectures")[0].GetString());
        Assert.Equal("perhaps", config.GetProperty("id2label").GetProperty("2").GetString());
        Assert.Equal(1, config.GetProperty("label2id").GetProperty("yes").GetInt32());
        Assert.Equal(3, config.GetProperty("num_labels").GetInt32());

        using var again = new TrainableWeights(source, ScalarType.Float32, [], seed: 5);
        using var other = new TrainableWeights(source, ScalarType.Float32, [], seed: 6);
        var last = ((Head.Classifier)source.Architecture.Head).Steps[^1].Linear.Weight;
        Assert.Equal(again[last].data<float>().ToArray(), written.Tensor(last).ReadSingles());
        Assert.NotEqual(other[last].data<float>().ToArray(), again[last].data<float>().ToArray());
        Assert.All(Golden.Output(output.File("out"), Golden.Batch(folder)), v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void A_split_model_stays_a_split_checkpoint_with_its_record()
    {
        using var folder = new TemporaryFolder();
        var source = TestFolders.RequireGolden("bert-mlm-hub");
        using (var dense = Checkpoint.Open(source))
            SplitWriter.Write(dense, Golden.Plan(dense, Golden.Batch(source), new PlanOptions()), folder.File("split"), null, force: false);
        using var split = Checkpoint.Open(folder.File("split"));
        Write(split, folder.File("out"), DType.F32);
        using var written = Checkpoint.Open(folder.File("out"));
        Assert.Equal(split.Split!.Layers, written.Split!.Layers);
        Assert.Equal(SplitRecord.ReadPlan(split).Layers.Select(l => string.Join(',', l.Heavy)), SplitRecord.ReadPlan(written).Layers
            .Select(l => string.Join(',', l.Heavy)));
        Assert.True(File.Exists(folder.File("out/ffsplit.safetensors")));
        Golden.Same(Golden.Output(folder.File("split"), Golden.Batch(source)), Golden.Output(folder.File("out"), Golden.Batch(source)));
    }

    static void Write(Checkpoint source, string output, DType? type)
    {
        using var weights = new TrainableWeights(source, ScalarType.Float32, [.. source.Architecture.Bindings]);
        TrainedFolder.Write(source, weights, new TrainedFolderOptions { Output = output, Type = type });
    }
}
