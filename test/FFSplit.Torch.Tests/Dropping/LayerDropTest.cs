using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Dropping;
using FFSplit.Modeling;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Weights;
using FFSplit.Torch.Tests.Helpers;
using static TorchSharp.torch;

namespace FFSplit.Torch.Tests.Dropping;

/// <summary>Whole layers left out of every golden folder, without repair.</summary>
public class LayerDropTest
{
    static readonly string Goldens = Path.Combine(TestFolders.Repository, "test", "golden");

    public static TheoryData<string> Folders()
        => [.. Directory.EnumerateDirectories(Goldens).Where(f => File.Exists(Path.Combine(f, "config.json")))
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_folder_computes_what_the_kept_blocks_compute(string name)
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(Path.Combine(Goldens, name));
        var total = dense.Architecture.Blocks.Count;
        foreach (var kept in new int[][] { [.. LayerDrop.Kept(total, (total + 1) / 2)], [total - 1] })
        {
            Assert.Null(LayerDrop.Write(dense, kept, temporary.File("shallow"), force: true));
            using var shallow = Checkpoint.Open(temporary.File("shallow"));
            Assert.Equal((dense.Architecture.ModelType, dense.ClassName), (shallow.Architecture.ModelType, shallow.ClassName));
            Assert.Equal(kept.Length, shallow.Architecture.Blocks.Count);
            Assert.Equal(KeptBlocks(dense, kept), Last(shallow, Golden.Batch(dense.Folder)));
        }
    }

    [Theory]
    [MemberData(nameof(Folders))]
    public void All_layers_kept_are_the_same_tensors_and_config(string name)
    {
        using var temporary = new TemporaryFolder();
        var folder = Path.Combine(Goldens, name);
        using var dense = Checkpoint.Open(folder);
        LayerDrop.Write(dense, [.. Enumerable.Range(0, dense.Architecture.Blocks.Count)], temporary.File("all"), force: false);
        using var all = Checkpoint.Open(temporary.File("all"));
        Assert.Equal(dense.Weights.Hash, all.Weights.Hash);
        Assert.True(System.Text.Json.JsonElement.DeepEquals(dense.Config.Root, all.Config.Root));
        Assert.Equal(dense.RepeatedTensors, all.RepeatedTensors);
        Assert.Equal(Golden.Output(folder, Golden.Batch(folder)), Golden.Output(temporary.File("all"), Golden.Batch(folder)));
    }

    [Fact]
    public void What_lies_beside_a_blocks_weights_goes_with_it()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(Path.Combine(Goldens, "gpt2-lm-hub"));
        Assert.Contains("h.2.attn.bias", dense.PassedOverTensors);
        LayerDrop.Write(dense, [0, 2], temporary.File("shallow"), force: false);
        using var shallow = Checkpoint.Open(temporary.File("shallow"));
        Assert.DoesNotContain(shallow.Weights.Tensors.Keys, n => n.StartsWith("h.2.", StringComparison.Ordinal));
        foreach (var name in new[] { "attn.bias", "mlp.c_fc.weight" })
            Assert.True(TensorConversion.SameBytes(dense.Weights.Tensors[$"h.2.{name}"], shallow.Weights.Tensors[$"h.1.{name}"]));
    }

    [Fact]
    public void The_other_files_come_along_and_layer_10_is_told_from_layer_1()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(TinyModel.Encoder(temporary.File("dense"), new TinySize(Layers: 12)));
        LayerDrop.Write(dense, [1, 10, 11], temporary.File("shallow"), force: false);
        using var shallow = Checkpoint.Open(temporary.File("shallow"));
        foreach (var (place, block) in new[] { (0, 1), (1, 10), (2, 11) })
            Assert.True(TensorConversion.SameBytes(Weight(dense, block), Weight(shallow, place)));
        Assert.NotNull(shallow.Pooling);
        Assert.Equal(["1_Pooling", "config.json", "model.safetensors", "modules.json", "tokenizer_config.json", "vocab.txt"],
            Directory.EnumerateFileSystemEntries(temporary.File("shallow")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

        static TensorData Weight(Checkpoint checkpoint, int block)
            => checkpoint.Weights.Tensors[$"encoder.layer.{block}.output.dense.weight"];
    }

    [Fact]
    public void Windows_stay_with_their_layers()
    {
        using var temporary = new TemporaryFolder();
        using (var dense = Checkpoint.Open(Path.Combine(Goldens, "more-qwen2-yarn-window")))
        {
            Assert.Equal([null, dense.Architecture.Blocks[1].Attention.Window], dense.Architecture.Blocks.Select(b => b.Attention.Window));
            LayerDrop.Write(dense, [1], temporary.File("listed"), force: false);
            LayerDrop.Write(dense, [0, 1], temporary.File("numbered"), force: false);
        }
        // Without the list, the number from which on layers have one says it.
        TinyModel.Configure(temporary.File("numbered"), "layer_types", null);
        using (var dense = Checkpoint.Open(temporary.File("numbered")))
            LayerDrop.Write(dense, [1], temporary.File("counted"), force: false);
        foreach (var name in new[] { "listed", "counted" })
        {
            using var shallow = Checkpoint.Open(temporary.File(name));
            Assert.NotNull(Assert.Single(shallow.Architecture.Blocks).Attention.Window);
        }
    }

    [Fact]
    public void Layers_that_compute_by_their_number_keep_it()
    {
        using var temporary = new TemporaryFolder();
        using (var plain = Checkpoint.Open(Path.Combine(Goldens, "gpt2-lm")))
            LayerDrop.Write(plain, [0, 1, 2], temporary.File("scaled"), force: false);
        TinyModel.Configure(temporary.File("scaled"), "scale_attn_by_inverse_layer_idx", true);
        using var dense = Checkpoint.Open(temporary.File("scaled"));
        var refused = Assert.Throws<BadInputException>(() => LayerDrop.Write(dense, [0, 2], temporary.File("a"), force: false));
        Assert.Contains("layer 2", refused.Message, StringComparison.Ordinal);
        LayerDrop.Write(dense, [0, 1], temporary.File("b"), force: false);
    }

    [Theory]
    [InlineData("Name at least one")]
    [InlineData("-1, 0", -1, 0)]
    [InlineData("0 to 2", 0, 3)]
    [InlineData("does not ascend", 1, 0)]
    [InlineData("does not ascend", 1, 1)]
    public void A_list_that_cannot_be_kept_is_refused(string says, params int[] kept)
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(Path.Combine(Goldens, "bert-mlm"));
        var refused = Assert.Throws<BadUsageException>(() => LayerDrop.Write(dense, kept, temporary.File("a"), force: false));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Empty(temporary.Entries);
    }

    [Fact]
    public void Nothing_is_left_of_a_cancelled_run()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(Path.Combine(Goldens, "bert-mlm"));
        var cancelled = new CancellationToken(true);
        Assert.Throws<OperationCanceledException>(
            () => LayerDrop.Write(dense, [0], temporary.File("a"), force: false, cancellation: cancelled));
        Assert.Empty(temporary.Entries);
    }

    [Theory]
    [InlineData(12, 6, 0, 2, 4, 7, 9, 11)]
    [InlineData(6, 4, 0, 2, 3, 5)]
    [InlineData(6, 3, 0, 2, 5)]
    [InlineData(6, 6, 0, 1, 2, 3, 4, 5)]
    [InlineData(6, 2, 0, 5)]
    [InlineData(6, 1, 0)]
    public void Kept_layers_lie_at_even_distances(int total, int keep, params int[] expected)
        => Assert.Equal(expected, LayerDrop.Kept(total, keep));

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void No_more_layers_are_kept_than_there_are(int keep) => Assert.Throws<BadUsageException>(() => LayerDrop.Kept(6, keep));

    // The last hidden states at real tokens, from the dense model's own records and weights.
    static float[] KeptBlocks(Checkpoint dense, int[] kept)
    {
        var architecture = dense.Architecture;
        var batch = Golden.Batch(dense.Folder);
        using var inference = inference_mode();
        using var scope = NewDisposeScope();
        using var weights = new TorchWeights(dense, architecture.Bindings, TestContext.Current.CancellationToken);
        using var context = new ForwardContext(architecture, batch, weights);
        var x = Forward.Embed(architecture.Embeddings, weights, context);
        foreach (var k in kept) x = Forward.Block(architecture.Blocks[k], weights, x, context);
        return Real(batch, Forward.Finish(architecture, weights, x).contiguous().data<float>().ToArray());
    }

    static float[] Last(Checkpoint shallow, Batch batch)
    {
        using var model = new TorchModel(shallow);
        return Real(batch, model.Run(batch, ModelOutputs.LastHiddenState).LastHiddenState!.Values);
    }

    static float[] Real(Batch batch, float[] values)
    {
        var width = values.Length / batch.AttentionMask.Length;
        return [.. values.Where((_, i) => batch.AttentionMask[i / width] != 0)];
    }
}
