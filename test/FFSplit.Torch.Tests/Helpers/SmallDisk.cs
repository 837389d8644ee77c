using System.ComponentModel;
using System.Diagnostics;

namespace FFSplit.Torch.Tests.Helpers;

/// <summary>A file system in memory that is soon full.</summary>
sealed class SmallDisk : IDisposable
{
    SmallDisk(string path) => Path = path;

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>Mounts one, of a size such as "8k"; null where that may not be done.</summary>
    public static SmallDisk? TryMount(string path, string size)
    {
        Directory.CreateDirectory(path);
        return OperatingSystem.IsLinux() && Succeeds("mount", "-t", "tmpfs", "-o", $"size={size}", "ffsplit-test", path)
            ? new SmallDisk(path) : null;
    }

    /// <summary>Gives it another size.</summary>
    public void Resize(string size) => Assert.True(Succeeds("mount", "-o", $"remount,size={size}", Path));

    public void Dispose() => Assert.True(Succeeds("umount", Path));

    static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
