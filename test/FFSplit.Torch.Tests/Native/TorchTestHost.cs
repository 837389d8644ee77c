using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using FFSplit.Modeling.Native;

namespace FFSplit.Torch.Tests.Native;

/// <summary>Prepares the process before the first tensor, whichever test makes it.</summary>
static class TorchTestHost
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "A test may touch TorchSharp before it touches anything of Modeling.")]
    internal static void Prepare()
    {
        NativeThreads.WaitPassively();
        NativeMemory.TuneAllocator();
        TorchLibrary.Ensure();
    }
}
