using System.Runtime.InteropServices;

namespace FFSplit.Modeling.Native;

/// <summary>How libtorch's worker threads wait for one another.</summary>
public static partial class NativeThreads
{
    /// <summary>Lets idle workers sleep instead of spin, unless OMP_WAIT_POLICY says otherwise already.</summary>
    /// <remarks>
    /// Spinning workers take the processor from whoever has work: with other processes on the machine a calibration took five times as long.
    /// On an idle machine with two cores sleeping was no slower (1.09 times as fast, median of 4 alternating runs). To be called by the command
    /// line and the test host before libtorch is loaded, never by a library: the variable belongs to the whole process.
    /// </remarks>
    /// <returns>Whether the platform has such a variable (Linux).</returns>
    public static bool WaitPassively()
    {
        // .NET's own SetEnvironmentVariable does not reach native code.
        return OperatingSystem.IsLinux() && SetVariable("OMP_WAIT_POLICY", "PASSIVE", overwrite: 0) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetVariable(string name, string value, int overwrite);
}
