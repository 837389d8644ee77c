using FFSplit.Modeling.Native;

namespace FFSplit.Torch.Tests.Native;

public class NativeMemoryTest
{
    [Fact]
    public void Tuning_succeeds_where_the_allocator_is_glibc()
        => Assert.Equal(OperatingSystem.IsLinux() && File.Exists("/lib/x86_64-linux-gnu/libc.so.6"), NativeMemory.TuneAllocator());

    [Fact]
    public void Touched_memory_is_resident_and_below_the_peak()
    {
        const int Bytes = 64 << 20;
        var block = GC.AllocateUninitializedArray<byte>(Bytes);
        Array.Fill(block, (byte)1);
        var resident = NativeMemory.ResidentBytes();
        GC.KeepAlive(block);
        Assert.InRange(resident, Bytes, NativeMemory.PeakResidentBytes());
    }

    [Fact]
    public void Trimming_is_harmless() => NativeMemory.Trim();
}
