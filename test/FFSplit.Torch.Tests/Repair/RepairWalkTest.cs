using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Batches;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Exporting;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;
using FFSplit.Compression.Splitting;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Repair;

/// <summary>Repair on tiny random models: enough random token ids that a fit means something.</summary>
public class RepairWalkTest
{
    public static TheoryData<string, string, string?> Cases()
    {
        var data = new TheoryData<string, string, string?>();
        foreach (var family in new[] { "bert-mlm", "opt-350m-style-lm", "gpt2-lm", "llama-lm", "mpnet-model" })
        {
            data.Add(family, "paper", null);
            data.Add(family, "vanilla", null);
            data.Add(family, "prune-light", null);
            data.Add(family, "paper", "linear");
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void It_lowers_the_held_out_error_and_the_outputs_come_nearer(string name, string method, string? light)
    {
        using var temporary = new TemporaryFolder();
        var folder = TestFolders.RequireGolden(name);
        using var dense = Checkpoint.Open(folder);
        var calibration = Calibration(dense);
        var statistics = Golden.Statistics(dense, [.. calibration.Batches]);
        var options = new PlanOptions { Method = method, Light = LightKinds.Parse(light), Repair = true };
        var plan = Planner.Plan(dense, statistics, options);
        var reports = SplitWriter.Write(dense, plan, temporary.File("repaired"), null, force: false,
            repair: new RepairInput(calibration, new RepairOptions()));
        Assert.NotNull(reports);
        foreach (var report in reports)
        {
            Assert.NotNull(report);
            Assert.True(report.Kept && report.After < report.Before, $"{report}");
        }

        using (var written = Checkpoint.Open(temporary.File("repaired")))
        {
            Assert.Equal(ParameterCounts.After(dense.Architecture, [.. plan.Layers.Select(l => l.Split)], intercept: true),
                ParameterCounts.Of(written));
            Assert.Equal(SplitWriter.TensorBytes(dense, plan, null), written.Weights.Tensors.Values.Sum(t => t.ByteCount));
        }
        if (light is not null) return;
        var raw = Planner.Plan(dense, statistics, options with { Repair = false });
        SplitWriter.Write(dense, raw, temporary.File("raw"), null, force: false);
        var fresh = RandomBatch(dense, rows: 8, seed: 77);
        var expected = Golden.Output(folder, fresh);
        Assert.True(Distance(expected, Golden.Output(temporary.File("repaired"), fresh))
            < Distance(expected, Golden.Output(temporary.File("raw"), fresh)));
    }

    [Fact]
    public void With_nothing_held_out_nothing_is_changed()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(TestFolders.RequireGolden("bert-mlm"));
        var batch = RandomBatch(dense, rows: 1, seed: 1);
        var calibration = new CalibrationSet([batch], [new bool[1]], "one text", false, []);
        var plan = Planner.Plan(dense, Golden.Statistics(dense, batch), new PlanOptions { Method = "prune-light", Repair = true });
        var reports = SplitWriter.Write(dense, plan, temporary.File("a"), null, force: false,
            repair: new RepairInput(calibration, new RepairOptions()));
        Assert.All(reports!, r => Assert.False(r!.Kept));
        SplitWriter.Write(dense, plan with { Repair = false }, temporary.File("b"), null, force: false);
        var probe = RandomBatch(dense, rows: 3, seed: 2);
        Golden.Same(Golden.Output(temporary.File("b"), probe), Golden.Output(temporary.File("a"), probe));
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes_in_memory_and_through_scratch_files()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(TestFolders.RequireGolden("llama-lm"));
        var calibration = Calibration(dense);
        var plan = Planner.Plan(dense, Golden.Statistics(dense, [.. calibration.Batches]), new PlanOptions { Repair = true });
        foreach (var (name, limit) in new[] { ("a", 1L << 30), ("b", 0L) })
            SplitWriter.Write(dense, plan, temporary.File(name), null, force: false,
                repair: new RepairInput(calibration, new RepairOptions { MemoryLimit = limit }));
        foreach (var file in new[] { "ffsplit.safetensors", "ffsplit.json", "config.json" })
            Assert.Equal(File.ReadAllBytes(temporary.File($"a/{file}")), File.ReadAllBytes(temporary.File($"b/{file}")));
        Assert.Equal(Directory.GetFileSystemEntries(temporary.File("a")).Select(Path.GetFileName),
            Directory.GetFileSystemEntries(temporary.File("b")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_plan_with_repair_needs_tokens()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(TestFolders.RequireGolden("bert-mlm"));
        var plan = Planner.Plan(dense, null, new PlanOptions { Importance = "random", Repair = true });
        var refused = Assert.Throws<BadUsageException>(() => SplitWriter.Write(dense, plan, temporary.File("a"), null, force: false));
        Assert.Contains("--data", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(temporary.Path));
    }

    [Fact]
    public void A_fitted_bias_that_the_family_has_no_place_for_is_not_exported()
    {
        using var temporary = new TemporaryFolder();
        using var dense = Checkpoint.Open(TestFolders.RequireGolden("llama-lm"));
        var plan = Planner.Plan(dense, null, new PlanOptions { Importance = "random", Method = "prune-light", Repair = true });
        SplitWriter.Write(dense, plan, temporary.File("split"), null, force: false,
            repair: new RepairInput(Calibration(dense), new RepairOptions()));
        using var split = Checkpoint.Open(temporary.File("split"));
        var refused = Assert.Throws<BadInputException>(() => DenseShapedExport.Write(split, temporary.File("dense"), force: false));
        Assert.Contains("--no-repair", refused.Message, StringComparison.Ordinal);
        Assert.Equal(["split"], temporary.Entries);
    }

    static CalibrationSet Calibration(Checkpoint checkpoint)
    {
        Batch[] batches = [.. Enumerable.Range(0, 8).Select(i => RandomBatch(checkpoint, rows: 16, seed: i))];
        return new CalibrationSet(batches, [.. batches.Select((_, i) => Enumerable.Repeat(i >= 6, 16).ToArray())], "random ids", false, []);
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
