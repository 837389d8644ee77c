using System.Runtime.InteropServices;
using FFSplit.Checkpoints;
using TorchSharp;

namespace FFSplit.Modeling.Native;

/// <summary>Brings libtorch into the process, mended where this system's C++ library is older than TorchSharp's native part asks for.</summary>
/// <remarks>
/// Whatever touches this assembly before it touches TorchSharp gets the mend without asking (a module initializer sees to that).
/// <see cref="Ensure"/> is for the moment before the first tensor: it turns a failure into one exception with a remedy, where
/// TorchSharp would write to standard output and throw a <see cref="TypeInitializationException"/> from somewhere in the middle.
/// </remarks>
public static class TorchLibrary
{
    /// <summary>The name by which TorchSharp's P/Invokes call their library.</summary>
    internal const string Name = "LibTorchSharp";

    static volatile bool loaded;

    /// <summary>Loads libtorch and TorchSharp's native library if that has not happened; cheap when repeated, safe from any thread.</summary>
    /// <exception cref="MachineLimitException">This machine cannot load them; the message names the library, what it lacks and the remedy.</exception>
    public static void Ensure()
    {
        if (loaded)
            return;
        var assembly = typeof(torch).Assembly;
        // As TorchSharp does: once libtorch_cpu is in, failed attempts to load the other library need not map its 460 MB again.
        NativeLibrary.TryLoad("torch_cpu", assembly, null, out _);
        try
        {
            NativeLibrary.Load(Name, assembly, null);
        }
        catch (DllNotFoundException exception)
        {
            // On Linux the resolver has spoken before this; elsewhere there is nothing to mend, only to report.
            throw TorchLibraryError.NotLoadable(Name, exception);
        }

        loaded = true;
    }
}
