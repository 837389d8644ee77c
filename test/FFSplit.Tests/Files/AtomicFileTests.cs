using System.Diagnostics;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Tests.Files;

public class AtomicFileTests
{
    [Fact]
    public void A_file_is_written_and_replaced_with_nothing_left_beside_it()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteAllText(folder.File("a.json"), "first, and longer");
        AtomicFile.WriteAllText(folder.File("a.json"), "ü");
        Assert.Equal([0xc3, 0xbc], File.ReadAllBytes(folder.File("a.json")));
        Assert.Equal(["a.json"], folder.Entries);
    }

    [Fact]
    public void Missing_folders_above_it_are_made()
    {
        using var folder = new TemporaryFolder();
        AtomicFile.WriteAllText(folder.File("x/y/a.json"), "1");
        Assert.Equal("1", File.ReadAllText(folder.File("x/y/a.json")));
    }

    [Fact]
    public void A_failure_midway_leaves_the_old_file_and_nothing_beside_it()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.bin", "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(folder.File("a.bin"), stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(folder.File("a.bin")));
        Assert.Equal(["a.bin"], folder.Entries);
    }

    [Fact]
    public void A_tensor_that_fails_midway_leaves_no_file()
    {
        using var folder = new TemporaryFolder();
        TensorData[] tensors = [MemoryTensor.Of("a", [1], (double[])[1]), new FailingTensor(new InvalidDataException())];
        Assert.Throws<InvalidDataException>(() => SafetensorsWriter.Write(folder.File("f"), tensors));
        Assert.Empty(folder.Entries);
    }

    [Fact]
    public void A_full_disk_is_a_limit_of_the_machine_with_its_figures()
    {
        using var folder = new TemporaryFolder();
        var full = new IOException("No space left on device") { HResult = OperatingSystem.IsWindows() ? unchecked((int)0x80070070) : 28 };
        var thrown = Assert.Throws<MachineLimitException>(() => SafetensorsWriter.Write(folder.File("f"), [new FailingTensor(full)]));
        Assert.Contains(folder.File("f"), thrown.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"{SafetensorsWriter.SizeOf([new FailingTensor(full)])} bytes are needed",
            thrown.Message,
            StringComparison.Ordinal);
        Assert.Empty(folder.Entries);
    }

    [Fact]
    public void A_really_full_disk_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !Run(
            "mount",
            "-t",
            "tmpfs",
            "-o",
            "size=64k",
            "tmpfs",
            folder.Path))
            Assert.Skip("Needs Linux and the right to mount a small tmpfs.");
        try
        {
            var thrown = Assert.Throws<MachineLimitException>(() => SafetensorsWriter.Write(
                folder.File("f"),
                [MemoryTensor.Of("w", [50_000], new float[50_000])]));
            Assert.Matches(@"2\d\d,\d\d\d bytes are needed, [\d,]+ are free", thrown.Message);
            Assert.Empty(folder.Entries);
            Assert.Throws<MachineLimitException>(() => DiskSpace.CheckFreeSpace(folder.File("not/yet/there"), 100_000));
            DiskSpace.CheckFreeSpace(folder.Path, 10_000);
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    [Fact]
    public void Free_space_is_checked_before_work_begins()
    {
        using var folder = new TemporaryFolder();
        DiskSpace.CheckFreeSpace(folder.Path, 1);
        Assert.Contains(
            "9,223,372,036,854,775,807 bytes are needed",
            Assert.Throws<MachineLimitException>(() => DiskSpace.CheckFreeSpace(folder.Path, long.MaxValue)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_is_not_replaced_by_a_file()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<BadUsageException>(() => AtomicFile.WriteAllText(folder.Path, "x"));
    }

    [Fact]
    public void The_mode_of_a_replaced_file_is_kept()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }
        using var folder = new TemporaryFolder();
        var path = folder.Write("a", "x");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        AtomicFile.WriteAllText(path, "y");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(path));
    }

    static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    sealed class FailingTensor(Exception failure) : TensorData("z", DType.F32, [100])
    {
        public override void ReadBytes(long offset, Span<byte> destination) => throw failure;
    }
}
