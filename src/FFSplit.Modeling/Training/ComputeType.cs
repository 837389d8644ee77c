using System.Runtime.Intrinsics.X86;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training;

/// <summary>The precision of products with weights. Master weights, norms, softmax and losses are float32 always.</summary>
public enum ComputeType
{
    /// <summary>bfloat16 where the processor multiplies it in hardware, else float32.</summary>
    Auto,
    /// <summary>float32.</summary>
    FullPrecision,
    /// <summary>bfloat16.</summary>
    BFloat16,
}

/// <summary>Decides about <see cref="ComputeType.Auto"/>.</summary>
public static class ComputeTypes
{
    /// <summary>Whether the processor has products of bfloat16 (AVX512_BF16 or AMX).</summary>
    public static bool HasBFloat16()
    {
        if (!X86Base.IsSupported) return false;
        // Intel's manual, CPUID: leaf 7 subleaf 1, EAX bit 5 is AVX512_BF16; leaf 7 subleaf 0, EDX bit 22 is AMX-BF16.
        if (X86Base.CpuId(0, 0).Eax < 7) return false;
        var first = X86Base.CpuId(7, 0);
        return (first.Edx & (1 << 22)) != 0 || (first.Eax >= 1 && (X86Base.CpuId(7, 1).Eax & (1 << 5)) != 0);
    }

    /// <summary>The type that is meant, and a sentence that says it.</summary>
    public static (ScalarType Type, string Sentence) Decide(ComputeType wanted)
    {
        var hardware = HasBFloat16();
        return wanted switch
        {
            ComputeType.FullPrecision => (ScalarType.Float32, "Products are done in float32."),
            ComputeType.BFloat16 when !hardware => (ScalarType.BFloat16,
                "Products are done in bfloat16, which this processor has no instructions for: float32 would be faster."),
            ComputeType.Auto when !hardware => (ScalarType.Float32,
                "Products are done in float32: this processor has no bfloat16 instructions."),
            _ => (ScalarType.BFloat16, "Products are done in bfloat16 with float32 master weights."),
        };
    }
}
