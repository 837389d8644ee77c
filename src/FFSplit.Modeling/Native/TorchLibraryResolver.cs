using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using System.Runtime.Versioning;
using TorchSharp;

namespace FFSplit.Modeling.Native;

/// <summary>Finds TorchSharp's native library when the runtime could not load it, and loads a mended copy where that helps.</summary>
/// <remarks>
/// <see cref="AssemblyLoadContext.ResolvingUnmanagedDll"/> fires only after all ordinary loading has failed, so that a system with
/// a new enough libstdc++ never comes here, and no application loses its own import resolver to us.
/// </remarks>
[SupportedOSPlatform("linux")]
static class TorchLibraryResolver
{
    const string FileName = "libLibTorchSharp.so";

    // In the order in which they need each other; all three are what libLibTorchSharp.so needs besides the system's libraries.
    static readonly string[] Dependencies = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];

    static readonly Lock Gate = new();
    static nint handle;

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification =
        "TorchSharp loads its library in a static constructor: there is no later moment at which every user of this assembly passes by.")]
    internal static void Hook()
    {
        if (!OperatingSystem.IsLinux())
            return;
        // Naming the type loads the assembly but does not run the static constructor.
        var context = AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly) ?? AssemblyLoadContext.Default;
        context.ResolvingUnmanagedDll += Resolve;
    }

    static nint Resolve(Assembly assembly, string name)
    {
        if (name != TorchLibrary.Name)
            return 0;
        lock (Gate)
        {
            if (handle == 0)
                handle = Load();
            return handle;
        }
    }

    static nint Load()
    {
        var original = NativeFolders.Find(FileName) ?? throw TorchLibraryError.NotFound(FileName, NativeFolders.Candidates());
        // The copy lies elsewhere and finds its neighbours only because they are in the process already.
        foreach (var dependency in Dependencies)
            LoadOrThrow(NativeFolders.Find(dependency) ?? throw TorchLibraryError.NotFound(dependency, NativeFolders.Candidates()));
        try
        {
            return NativeLibrary.Load(original);
        }
        catch (DllNotFoundException exception)
        {
            if (TorchLibraryError.MissingVersion(exception) is not { } version || !LibraryMend.Covers(version))
                throw TorchLibraryError.NotLoadable(original, exception);
        }

        if (!LibraryMend.TryMend(File.ReadAllBytes(original), out var mended, out var reason))
            throw TorchLibraryError.NotMendable(original, reason);
        return MendedCopy.Load(original, mended);
    }

    static void LoadOrThrow(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (DllNotFoundException exception)
        {
            throw TorchLibraryError.NotLoadable(path, exception);
        }
    }
}
