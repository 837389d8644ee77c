using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Dropping;
using FFSplit.Compression.Repair;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Dropping;

/// <summary>Layers left out and the others refitted: norms before and after, transposed weights, with and without bias and gate.</summary>
public class LayerDropRepairTest
{
    [Theory]
    [InlineData("bert-mlm")]
    [InlineData("distilbert-classifier")]
    [InlineData("mpnet-model")]
    [InlineData("opt-350m-style-lm")]
    [InlineData("more-opt-plain-norms")]
    [InlineData("gpt2-lm")]
    [InlineData("llama-lm")]
    [InlineData("opt-lm-bin-sharded")]
    public void It_lowers_the_held_out_error_and_the_outputs_come_nearer(string name)
    {
        using var temporary = new TemporaryFolder();
        var folder = Path.Combine(TestFolders.Repository, "test", "golden", name);
        using var dense = Checkpoint.Open(folder);
        var last = dense.Architecture.Blocks.Count - 1;
        int[] kept = last == 1 ? [0] : [0, last];
        LayerDrop.Write(dense, kept, temporary.File("raw"), force: false);
        var reports = LayerDrop.Write(dense, kept, temporary.File("repaired"), force: false, Input(dense));
        Assert.NotNull(reports);
        Assert.Equal(kept.Length, reports.Count);
        Assert.All(reports, r => Assert.True(r.Kept && r.After < r.Before, $"{r}"));

        var fresh = RandomBatch(dense, rows: 8, seed: 77);
        var expected = Golden.Output(folder, fresh);
        var (raw, repaired) = (Golden.Output(temporary.File("raw"), fresh), Golden.Output(temporary.File("repaired"), fresh));
        Assert.True(Distance(expected, repaired) < Distance(expected, raw));
        OnlyOutputMatricesDiffer(temporary.File("raw"), temporary.File("repaired"));
        Assert.DoesNotContain(".blocks", Directory.EnumerateFileSystemEntries(temporary.File("repaired")).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("bert-mlm")]
    [InlineData("opt-350m-style-lm")]
    [InlineData("gpt2-lm")]
    [InlineData("llama-lm")]
    public void With_nothing_dropped_there_is_nothing_to_repair(string name)
    {
        using var temporary = new TemporaryFolder();
        var folder = Path.Combine(TestFolders.Repository, "test", "golden", name);
        using var dense = Checkpoint.Open(folder);
        int[] kept = [.. Enumerable.Range(0, dense.Architecture.Blocks.Count)];
        var reports = LayerDrop.Write(dense, kept, temporary.File("all"), force: false, Input(dense));
        Assert.All(reports!, r => Assert.InRange(r.Before, 0, 1e-10));
        var fresh = RandomBatch(dense, rows: 8, seed: 77);
        Golden.Same(Golden.Output(folder, fresh), Golden.Output(temporary.File("all"), fresh), 1e-4);
    }

    [Fact]
    public void With_nothing_held_out_nothing_is_changed()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(TinyModel.Encoder(temporary.File("dense"), new TinySize(Layers: 3)));
        var calibration = new CalibrationSet([RandomBatch(dense, rows: 4, seed: 1)], [new bool[4]], "random ids", false, []);
        var reports = LayerDrop.Write(dense, [0, 2], temporary.File("a"), force: false, new RepairInput(calibration, new RepairOptions()));
        Assert.All(reports!, r => Assert.False(r.Kept));
        LayerDrop.Write(dense, [0, 2], temporary.File("b"), force: false);
        Assert.Equal(File.ReadAllBytes(temporary.File("b/model.safetensors")), File.ReadAllBytes(temporary.File("a/model.safetensors")));
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes_in_memory_and_through_scratch_files()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(TinyModel.Decoder(temporary.File("dense"), new TinySize(Layers: 3)));
        foreach (var (name, limit) in new[] { ("a", 1L << 30), ("b", 0L) })
            LayerDrop.Write(dense, [0, 2], temporary.File(name), force: false, Input(dense, limit));
        foreach (var file in new[] { "model.safetensors", "config.json" })
            Assert.Equal(File.ReadAllBytes(temporary.File($"a/{file}")), File.ReadAllBytes(temporary.File($"b/{file}")));
    }

    static void OnlyOutputMatricesDiffer(string raw, string repaired)
    {
        using var before = Checkpoint.Open(raw);
        using var after = Checkpoint.Open(repaired);
        Assert.Equal(before.Weights.Tensors.Keys.Order(StringComparer.Ordinal), after.Weights.Tensors.Keys.Order(StringComparer.Ordinal));
        var outputs = before.Architecture.Blocks.Select(b => b.FeedForward)
            .SelectMany(f => new[] { f.Dense.Down.Name, f.OutputBias?.Name }).OfType<string>();
        var changed = before.Weights.Tensors.Values
            .Where(t => !TensorConversion.SameBytes(t, after.Weights.Tensors[t.Name])).Select(t => t.Name);
        Assert.Equal(outputs.Order(StringComparer.Ordinal), changed.Order(StringComparer.Ordinal));
    }

    static RepairInput Input(Checkpoint checkpoint, long memoryLimit = 1L << 30)
    {
        Batch[] batches = [.. Enumerable.Range(0, 8).Select(i => RandomBatch(checkpoint, rows: 16, seed: i))];
        bool[][] heldOut = [.. batches.Select((_, i) => Enumerable.Repeat(i >= 6, 16).ToArray())];
        var calibration = new CalibrationSet(batches, heldOut, "random ids", false, []);
        return new RepairInput(calibration, new RepairOptions { MemoryLimit = memoryLimit });
    }

    static Batch RandomBatch(Checkpoint checkpoint, int rows, int seed)
    {
        const int length = 20;
        var random = new Random(seed);
        long[] ids = [.. Enumerable.Range(0, rows * length).Select(_ => (long)random.Next(5, checkpoint.Architecture.VocabularyRows))];
        long[] mask = [.. Enumerable.Range(0, rows * length).Select(i => i % length < length - i / length % 4 ? 1L : 0L)];
        return new Batch(rows, length, ids, mask);
    }

    static double Distance(float[] a, float[] b) => a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Sum();
}
