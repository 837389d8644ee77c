using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Exporting;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Compression;

/// <summary>What must not change, in float32, on a tiny model of every family.</summary>
public class IdentitiesTest
{
    public static TheoryData<string> Families => Golden.Data();

    [Theory]
    [MemberData(nameof(Families))]
    public void All_neurons_heavy_leaves_the_outputs(string name) => Unchanged(name, new PlanOptions { Sizes = new SplitSizes(Heavy: 1) });

    [Theory]
    [MemberData(nameof(Families))]
    public void Full_rank_leaves_the_outputs(string name) => Unchanged(name, new PlanOptions { Sizes = new SplitSizes(Heavy: 0.25, Rank: 1) });

    [Theory]
    [MemberData(nameof(Families))]
    public void Vanilla_at_full_rank_leaves_the_outputs(string name)
        => Unchanged(name, new PlanOptions { Method = "vanilla", Sizes = new SplitSizes(Rank: 1, Match: false) });

    [Theory]
    [MemberData(nameof(Families))]
    public void The_split_forward_equals_the_dense_shaped_exports(string name)
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(name);
        var batch = Golden.Batch(folder);
        foreach (var method in CompressionMethod.Names)
        {
            var (split, dense) = (temporary.File(method), temporary.File(method + "-dense"));
            Compress(folder, split, new PlanOptions { Method = method });
            using (var checkpoint = Checkpoint.Open(split)) DenseShapedExport.Write(checkpoint, dense, force: false);
            Golden.Same(Golden.Output(split, batch), Golden.Output(dense, batch));
            using var original = Checkpoint.Open(folder);
            using var exported = Checkpoint.Open(dense);
            Assert.Equal(original.Config.ModelType, exported.Config.ModelType);
            Assert.Equal(original.Architecture.Bindings.Select(b => b.Name), exported.Architecture.Bindings.Select(b => b.Name));
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void The_plan_promises_the_parameters_and_bytes_that_are_written(string name)
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(name);
        using var dense = Checkpoint.Open(folder);
        foreach (var method in CompressionMethod.Names)
        {
            var plan = Golden.Plan(dense, Golden.Batch(folder), new PlanOptions { Method = method });
            SplitWriter.Write(dense, plan, temporary.File(method), null, force: false);
            using var split = Checkpoint.Open(temporary.File(method));
            Assert.Equal(ParameterCounts.After(dense.Architecture, [.. plan.Layers.Select(l => l.Split)]), ParameterCounts.Of(split));
            Assert.Equal(SplitWriter.TensorBytes(dense, plan, null), split.Weights.Tensors.Values.Sum(t => t.ByteCount));
            Assert.True(ParameterCounts.Of(split).FeedForward <= ParameterCounts.After(dense.Architecture, [.. dense.Architecture.Blocks.Select(b =>
                new SplitSizes().Paper(FFSplit.Checkpoints.Splits.FeedForwardShape.Of(b.FeedForward)))]).FeedForward);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void Tensors_outside_the_ffn_are_copied_byte_for_byte(string name)
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(name);
        Compress(folder, temporary.File("split"), new PlanOptions());
        using var dense = Checkpoint.Open(folder);
        using var split = Checkpoint.Open(temporary.File("split"));
        var inside = dense.Architecture.Blocks.SelectMany(b => b.FeedForward.Bindings).Select(b => b.Name).ToHashSet();
        var outside = dense.Weights.Tensors.Values.Where(t => !inside.Contains(t.Name) && !dense.RepeatedTensors.Contains(t.Name)).ToArray();
        Assert.NotEmpty(outside);
        foreach (var tensor in outside) Assert.True(TensorConversion.SameBytes(tensor, split.Weights.Tensors[tensor.Name]), tensor.Name);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden("llama-lm");
        foreach (var name in new[] { "a", "b" }) Compress(folder, temporary.File(name), new PlanOptions());
        foreach (var file in Directory.EnumerateFiles(temporary.File("a")).Select(Path.GetFileName))
            Assert.Equal(File.ReadAllBytes(Path.Combine(temporary.File("a"), file!)), File.ReadAllBytes(Path.Combine(temporary.File("b"), file!)));
    }

    // Neurons have no order of their own: a model with permuted neurons must give the permuted heavy set and the same split outputs.
    [Theory]
    [InlineData("bert-mlm")]
    [InlineData("llama-lm")]
    public void Permuting_neurons_changes_nothing(string name)
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(name);
        var batch = Golden.Batch(folder);
        var permuted = temporary.File("permuted");
        var permutation = Permute(folder, permuted);
        Golden.Same(Golden.Output(folder, batch), Golden.Output(permuted, batch));
        var plan = Compress(folder, temporary.File("split"), new PlanOptions());
        var other = Compress(permuted, temporary.File("permuted-split"), new PlanOptions());
        for (var layer = 0; layer < plan.Layers.Count; layer++)
            Assert.Equal(plan.Layers[layer].Heavy, other.Layers[layer].Heavy.Select(j => permutation[j]).Order());
        Golden.Same(Golden.Output(temporary.File("split"), batch), Golden.Output(temporary.File("permuted-split"), batch));
    }

    static void Unchanged(string name, PlanOptions options)
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(name);
        var batch = Golden.Batch(folder);
        Compress(folder, temporary.File("split"), options);
        Golden.Same(Golden.Output(folder, batch), Golden.Output(temporary.File("split"), batch));
    }

    static CompressionPlan Compress(string folder, string output, PlanOptions options)
    {
        using var checkpoint = Checkpoint.Open(folder);
        var plan = Golden.Plan(checkpoint, Golden.Batch(folder), options);
        SplitWriter.Write(checkpoint, plan, output, null, force: false);
        return plan;
    }

    // Row j of the result is row permutation[j] of the source.
    static int[] Permute(string folder, string output)
    {
        Directory.CreateDirectory(output);
        foreach (var file in new[] { "config.json", "reference.safetensors" }) File.Copy(Path.Combine(folder, file), Path.Combine(output, file));
        using var checkpoint = Checkpoint.Open(folder);
        var neurons = checkpoint.Architecture.Blocks[0].FeedForward.IntermediateSize;
        int[] permutation = [.. Enumerable.Range(0, neurons)];
        new Random(3).Shuffle(permutation);
        var rows = new HashSet<string>();
        var columns = new HashSet<string>();
        foreach (var ffn in checkpoint.Architecture.Blocks.Select(b => b.FeedForward))
        {
            foreach (var binding in ffn.Dense.Up.Bindings.Concat(ffn.Dense.Gate?.Bindings ?? [])) rows.Add(binding.Name);
            columns.Add(ffn.Dense.Down.Name);
        }
        SafetensorsWriter.Write(Path.Combine(output, "model.safetensors"), checkpoint.Weights.Tensors.Values.Select(t =>
        {
            if (!rows.Contains(t.Name) && !columns.Contains(t.Name)) return t;
            var values = t.ReadSingles();
            var width = rows.Contains(t.Name) ? values.Length / neurons : 1;
            var result = new float[values.Length];
            for (var i = 0; i < values.Length / width; i++)
                values.AsSpan((i / neurons * neurons + permutation[i % neurons]) * width, width).CopyTo(result.AsSpan(i * width));
            return MemoryTensor.Of(t.Name, t.Shape, result);
        }), null);
        return permutation;
    }
}
