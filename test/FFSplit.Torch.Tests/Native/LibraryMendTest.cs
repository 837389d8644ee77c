using FFSplit.Modeling.Native;

namespace FFSplit.Torch.Tests.Native;

public class LibraryMendTest
{
    [Fact]
    public void Only_flags_and_one_version_index_change()
    {
        var original = ReadOriginal();
        Assert.True(LibraryMend.TryMend(original, out var mended, out var reason), reason);
        Assert.Equal(original.Length, mended.Length);
        // The low byte of two flags and of one index.
        Assert.Equal(3, original.Zip(mended).Count(pair => pair.First != pair.Second));
    }

    [Fact]
    public void A_mended_library_binds_nothing_to_the_versions_that_older_systems_lack()
    {
        Assert.True(LibraryMend.TryMend(ReadOriginal(), out var mended, out _));
        Assert.True(ElfVersions.TryRead(mended, out var versions));
        Assert.Empty(versions.SymbolsOf(versions.FindNeed("GLIBCXX_3.4.30")!.Value));
        Assert.Equal([LibraryMend.Marker], versions.SymbolsOf(versions.FindNeed(LibraryMend.MarkerVersion)!.Value));
    }

    [Fact]
    public void A_library_that_really_uses_the_version_is_refused()
    {
        const string Wait = "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE";
        var library = ReadOriginal();
        Assert.True(ElfVersions.TryRead(library, out var versions));
        versions.Rebind(Wait, versions.FindNeed("GLIBCXX_3.4.30")!.Value, versions.FindNeed(LibraryMend.MarkerVersion)!.Value);
        Assert.False(LibraryMend.TryMend(library, out _, out var reason));
        Assert.Equal($"it takes {Wait} from that version", reason);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(300_000)]
    public void A_cut_library_is_refused(int length) => Assert.False(LibraryMend.TryMend(ReadOriginal().AsSpan(0, length), out _, out _));

    [Fact]
    public void Many_writers_of_one_entry_leave_it_whole()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the cache of mended libraries is not used on Windows");
        var folder = Directory.CreateTempSubdirectory("ffsplit-test-");
        try
        {
            var path = Path.Combine(folder.FullName, "a", "b", "lib.so");
            var content = new byte[1 << 20];
            Random.Shared.NextBytes(content);
            Parallel.For(0, 16, _ =>
            {
                if (!OperatingSystem.IsWindows())
                    MendedCopy.Place(path, content);
                Assert.Equal(content, File.ReadAllBytes(path));
            });
            Assert.Equal([path], Directory.GetFiles(folder.FullName, "*", SearchOption.AllDirectories));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static byte[] ReadOriginal()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "libLibTorchSharp.so comes with builds on Linux only");
        return File.ReadAllBytes(NativeFolders.Find("libLibTorchSharp.so")!);
    }
}
