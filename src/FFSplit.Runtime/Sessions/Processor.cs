using System.Runtime.Intrinsics.X86;

namespace FFSplit.Runtime.Sessions;

/// <summary>What this processor can do with 8-bit numbers.</summary>
static class Processor
{
    /// <summary>
    /// Whether sums of products of unsigned and signed bytes may overflow in the fast kernels: on x64 without VNNI they go through 16 bits. There
    /// ONNX Runtime has to be told to take care, which costs time; elsewhere that would only cost.
    /// </summary>
    public static bool OverflowsOnBytes { get; } = X86Base.IsSupported && !HasVnni();

    // Leaf 7: AVX512_VNNI is bit 11 of ECX in sub-leaf 0, AVX-VNNI bit 4 of EAX in sub-leaf 1.
    static bool HasVnni()
    {
        if (X86Base.CpuId(0, 0).Eax < 7) return false;
        return (X86Base.CpuId(7, 0).Ecx & (1 << 11)) != 0 || (X86Base.CpuId(7, 0).Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 4)) != 0);
    }
}
