using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace FFSplit.Modeling.Native;

/// <summary>What the C allocator keeps, and how much memory the process holds.</summary>
/// <remarks>
/// glibc gives every large tensor back to the kernel at each free, and the page faults of the next one can cost more than its
/// arithmetic. These switches are for the whole process, so they belong to its host: the command line and the tests call
/// <see cref="TuneAllocator"/> before the first tensor; a library never does.
/// </remarks>
public static unsafe class NativeMemory
{
    const int TrimThreshold = -1, MaximumMappings = -4; // M_TRIM_THRESHOLD, M_MMAP_MAX of glibc's malloc.h

    /// <summary>Makes glibc keep freed memory for the next tensor: <c>mallopt(M_MMAP_MAX, 0)</c>, <c>mallopt(M_TRIM_THRESHOLD, INT_MAX)</c>.</summary>
    /// <returns>False where there is no glibc (Windows, macOS, musl), where nothing is done, or where it refused.</returns>
    public static bool TuneAllocator()
    {
        var mallopt = (delegate* unmanaged<int, int, int>)GlibcFunction("mallopt");
        return mallopt is not null && mallopt(MaximumMappings, 0) == 1 && mallopt(TrimThreshold, int.MaxValue) == 1;
    }

    /// <summary>Gives freed memory back to the kernel, to be called between phases: <c>malloc_trim(0)</c>.</summary>
    /// <returns>Whether any was given back; false where there is no glibc.</returns>
    public static bool Trim()
    {
        var trim = (delegate* unmanaged<nuint, int>)GlibcFunction("malloc_trim");
        return trim is not null && trim(0) == 1;
    }

    /// <summary>The most physical memory that the process has held so far, in bytes (on Linux <c>VmHWM</c>).</summary>
    public static long PeakResidentBytes() => StatusBytes("VmHWM:") ?? Current(p => p.PeakWorkingSet64);

    /// <summary>The physical memory that the process holds now, in bytes (on Linux <c>VmRSS</c>).</summary>
    public static long ResidentBytes() => StatusBytes("VmRSS:") ?? Current(p => p.WorkingSet64);

    static void* GlibcFunction(string name)
    {
        // musl may answer to glibc's file name through a compatibility layer, but it has no gnu_get_libc_version.
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc.so.6", out var libc)
            || !NativeLibrary.TryGetExport(libc, "gnu_get_libc_version", out _)
            || !NativeLibrary.TryGetExport(libc, name, out var function))
            return null;
        return (void*)function;
    }

    static long? StatusBytes(string key)
    {
        const string Status = "/proc/self/status";
        if (!OperatingSystem.IsLinux() || !File.Exists(Status))
            return null;
        // A line reads "VmHWM:     12345 kB".
        var line = File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal));
        var number = line?[key.Length..].Trim().Split(' ')[0];
        return long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : null;
    }

    static long Current(Func<Process, long> read)
    {
        using var process = Process.GetCurrentProcess();
        return read(process);
    }
}
