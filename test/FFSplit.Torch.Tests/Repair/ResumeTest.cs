using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Repair;
using FFSplit.Compression.Splitting;
using FFSplit.Torch.Tests.Helpers;

namespace FFSplit.Torch.Tests.Repair;

/// <summary>A repair that is broken off and goes on.</summary>
public sealed class ResumeTest : IDisposable
{
    const int Layers = 4;

    readonly TemporaryFolder _folder = new();
    readonly Checkpoint _dense;
    readonly CalibrationSet _calibration;

    public ResumeTest()
    {
        _dense = Checkpoint.Open(TinyModel.Encoder(_folder.File("model"), new TinySize(Layers: Layers)));
        _calibration = Calibration(seed: 1);
    }

    public void Dispose()
    {
        _dense.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("paper", 1)]
    [InlineData("vanilla", 2)]
    [InlineData("prune-light", 3)]
    [InlineData("prune-light", 4)]
    public void Broken_off_after_any_block_it_goes_on_to_the_same_bytes(string method, int after)
    {
        var plan = Plan(method);
        Write(plan, "whole", Input());
        BreakOff(plan, "out", after);
        Assert.Equal(["model", "out.repair", "whole"], _folder.Entries);
        Assert.Equal(after, Directory.GetFiles(_folder.File("out.repair")).Length);
        // What a killed process leaves half written.
        File.WriteAllText(_folder.File("out.repair/.0003.safetensors.tmp-0123456789ab"), "half");
        var fitted = File.GetLastWriteTimeUtc(_folder.File("out.repair/0000.safetensors"));

        List<string> notices = [];
        var witness = new Progress(_ => Assert.Equal(fitted, File.GetLastWriteTimeUtc(_folder.File("out.repair/0000.safetensors"))));
        Write(plan, "out", Input() with { Notify = notices.Add }, progress: witness);
        Assert.Contains($"goes on after {after} of {Layers} blocks", Assert.Single(notices), StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(_folder.File("whole")).Select(f => Path.GetFileName(f)))
            Assert.Equal(File.ReadAllBytes(_folder.File($"whole/{file}")), File.ReadAllBytes(_folder.File($"out/{file}")));
        Assert.Equal(["model", "out", "whole"], _folder.Entries);
    }

    [Fact]
    public void With_other_inputs_it_is_refused_by_name_and_nothing_is_lost()
    {
        var plan = Plan("prune-light");
        BreakOff(plan, "out", after: 1);
        Refused("--method", plan with { Method = "vanilla" }, Input());
        Refused("--heavy", plan with { Heavy = 0.3 }, Input());
        Refused("--seed", plan with { Seed = 5 }, Input());
        Refused("--dtype", plan, Input(), DType.BF16);
        Refused("the plan's layers", plan with { Layers = [.. plan.Layers.Take(Layers - 1), plan.Layers[0]] }, Input());
        Refused("--data (as --text, --max-samples and --seed take it)", plan, new RepairInput(Calibration(seed: 2), new RepairOptions()) { Resumable = true });
        Refused("the ridges", plan, new RepairInput(_calibration, new RepairOptions { Ridges = [0.5] }) { Resumable = true });
        Assert.Equal(["model", "out.repair"], _folder.Entries);
        Write(plan, "out", Input());

        void Refused(string name, CompressionPlan other, RepairInput input, DType? type = null)
        {
            var message = Assert.Throws<BadUsageException>(() => Write(other, "out", input, type)).Message;
            Assert.StartsWith($"{name}: the unfinished repair in {_folder.File("out.repair")} was begun with", message,
                StringComparison.Ordinal);
            Assert.Contains("--restart", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_damaged_block_is_refused_by_name()
    {
        var plan = Plan("prune-light");
        BreakOff(plan, "out", after: 2);
        var block = _folder.File("out.repair/0001.safetensors");
        var bytes = File.ReadAllBytes(block);
        File.WriteAllBytes(block, bytes[..^8]);
        Assert.Contains(block, Assert.Throws<BadInputException>(() => Write(plan, "out", Input())).Message, StringComparison.Ordinal);
        File.Copy(Path.Combine(_dense.Folder, "model.safetensors"), block, overwrite: true);
        Assert.Contains("--restart", Assert.Throws<BadInputException>(() => Write(plan, "out", Input())).Message, StringComparison.Ordinal);
        File.WriteAllBytes(block, bytes);
        Write(plan, "out", Input());
    }

    [Fact]
    public void Unless_it_is_to_be_resumable_nothing_is_left_or_taken_up()
    {
        var plan = Plan("prune-light");
        BreakOff(plan, "out", after: 1, resumable: false);
        Assert.Equal(["model"], _folder.Entries);
        BreakOff(plan, "out", after: 1);
        Write(plan with { Seed = 5 }, "out", Input() with { Resumable = false });
        Assert.Equal(["model", "out"], _folder.Entries);
    }

    [Fact]
    public void A_file_of_the_users_own_in_the_folder_stays()
    {
        Directory.CreateDirectory(_folder.File("out.repair"));
        File.WriteAllText(_folder.File("out.repair/diary.txt"), "dear diary");
        Write(Plan("prune-light"), "out", Input());
        Assert.Equal("diary.txt", Path.GetFileName(Assert.Single(Directory.GetFileSystemEntries(_folder.File("out.repair")))));
    }

    [Fact]
    public void A_full_disk_leaves_the_blocks_before_and_room_makes_it_go_on()
    {
        using var disk = SmallDisk.TryMount(_folder.File("disk"), "24k");
        if (disk is null) Assert.Skip("needs to mount a small tmpfs, which takes root on Linux");
        var plan = Plan("prune-light");
        Assert.Contains("the disk is full", Assert.Throws<MachineLimitException>(() => Write(plan, "disk/out", Input())).Message,
            StringComparison.Ordinal);
        Assert.Equal(["out.repair"], Directory.GetFileSystemEntries(disk.Path).Select(e => Path.GetFileName(e)));
        var left = Directory.GetFiles(disk.Path, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }).Length;
        Assert.InRange(left, 1, Layers - 1);
        disk.Resize("10m");
        List<string> notices = [];
        Write(plan, "disk/out", Input() with { Notify = notices.Add });
        Assert.Contains($"goes on after {left} of {Layers} blocks", Assert.Single(notices), StringComparison.Ordinal);
    }

    RepairInput Input() => new(_calibration, new RepairOptions()) { Resumable = true };

    CompressionPlan Plan(string method)
        => Planner.Plan(_dense, Golden.Statistics(_dense, [.. _calibration.Batches]), new PlanOptions { Method = method, Repair = true });

    void Write(CompressionPlan plan, string output, RepairInput input, DType? type = null, IProgress<ProgressReport>? progress = null,
        CancellationToken cancellation = default)
        => SplitWriter.Write(_dense, plan, _folder.File(output), type, force: false, progress, input, cancellation);

    void BreakOff(CompressionPlan plan, string output, int after, bool resumable = true)
    {
        using var source = new CancellationTokenSource();
        var blocks = _folder.File($"{output}.repair");
        var watch = new Progress(_ =>
        {
            if (Directory.Exists(blocks) && Directory.GetFiles(blocks).Length == after) source.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(
            () => Write(plan, output, Input() with { Resumable = resumable }, progress: watch, cancellation: source.Token));
    }

    CalibrationSet Calibration(int seed)
    {
        var random = new Random(seed);
        Batch[] batches = [.. Enumerable.Range(0, 6).Select(_ => new Batch(16, 20,
            [.. Enumerable.Range(0, 320).Select(_ => (long)random.Next(5, _dense.Architecture.VocabularyRows))],
            [.. Enumerable.Repeat(1L, 320)]))];
        return new CalibrationSet(batches, [.. batches.Select((_, i) => Enumerable.Repeat(i == 5, 16).ToArray())], "random ids", false, []);
    }

    sealed class Progress(Action<ProgressReport> action) : IProgress<ProgressReport>
    {
        public void Report(ProgressReport value) => action(value);
    }
}
