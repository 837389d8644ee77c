using System.Diagnostics;
using FFSplit.Modeling.Native;
using TorchSharp;

namespace FFSplit.Torch.Tests.Native;

public sealed class TorchLibraryTest : IDisposable
{
    readonly DirectoryInfo cache = Directory.CreateTempSubdirectory("ffsplit-test-");

    public void Dispose() => cache.Delete(recursive: true);

    [Fact]
    public void Torch_multiplies_matrices()
    {
        using var product = torch.ones(2, 2).matmul(torch.ones(2, 2));
        Assert.Equal([2f, 2f, 2f, 2f], product.data<float>().ToArray());
    }

    [Fact]
    public void A_second_process_takes_the_cached_copy_as_it_is()
    {
        var entry = RequireMend();
        MultiplyInAnotherProcess(cache.FullName);
        var content = File.ReadAllBytes(entry);
        var longAgo = new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(entry, longAgo);
        MultiplyInAnotherProcess(cache.FullName);
        Assert.Equal(longAgo, File.GetLastWriteTimeUtc(entry));
        Assert.Equal(content, File.ReadAllBytes(entry));
        Assert.Equal([entry], Directory.GetFiles(cache.FullName, "*", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_damaged_cached_copy_is_replaced(bool truncated)
    {
        var entry = RequireMend();
        MultiplyInAnotherProcess(cache.FullName);
        var content = File.ReadAllBytes(entry);
        var damaged = truncated ? content[..1000] : content.ToArray();
        damaged[500] ^= 1;
        File.WriteAllBytes(entry, damaged);
        MultiplyInAnotherProcess(cache.FullName);
        Assert.Equal(content, File.ReadAllBytes(entry));
    }

    [Fact]
    public void Without_a_usable_cache_a_temporary_copy_serves_and_goes()
    {
        RequireMend();
        var file = Path.Combine(cache.FullName, "file");
        File.WriteAllText(file, "");
        var temporary = cache.CreateSubdirectory("temporary");
        MultiplyInAnotherProcess(Path.Combine(file, "below-a-file"), temporary.FullName);
        Assert.DoesNotContain(temporary.GetDirectories(), folder => folder.Name.StartsWith("ffsplit-", StringComparison.Ordinal));
    }

    [Fact]
    public void A_failure_names_library_version_and_remedy()
    {
        var cause = new DllNotFoundException("Unable to load, consider LD_DEBUG:\n/lib/libc.so.6: version `GLIBC_2.34' not found (required by /x/a.so)\n");
        var message = TorchLibraryError.NotLoadable("/x/a.so", cause).Message;
        Assert.StartsWith("/x/a.so: needs the symbol version GLIBC_2.34,", message, StringComparison.Ordinal);
        Assert.Contains("Use Debian 12, Ubuntu 22.04, RHEL 9", message, StringComparison.Ordinal);
        Assert.DoesNotContain("LD_DEBUG", message, StringComparison.Ordinal);
    }

    /// <summary>The path of this test's cache entry; skips where the system loads the library as it comes.</summary>
    string RequireMend()
    {
        var original = NativeFolders.Find("libLibTorchSharp.so");
        if (!OperatingSystem.IsLinux() || original is null || File.ReadLines("/proc/self/maps").Any(line => line.EndsWith(original, StringComparison.Ordinal)))
            Assert.Skip("needs a system whose libstdc++ lacks GLIBCXX_3.4.32: this one loads libLibTorchSharp as it comes");
        Assert.True(LibraryMend.TryMend(File.ReadAllBytes(original!), out var mended, out var reason), reason);
        var inUserCache = MendedCopy.CachePath("libLibTorchSharp.so", mended)!;
        var folder = Path.GetFileName(Path.GetDirectoryName(inUserCache)!);
        return Path.Combine(cache.FullName, "ffsplit", "native", folder, "libLibTorchSharp.so");
    }

    /// <summary>Runs <see cref="Torch_multiplies_matrices"/> in a process with that cache.</summary>
    static void MultiplyInAnotherProcess(string cacheFolder, string? temporaryFolder = null)
    {
        var executable = Path.Combine(AppContext.BaseDirectory, "FFSplit.Torch.Tests");
        var start = new ProcessStartInfo(executable) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"{typeof(TorchLibraryTest).FullName}.{nameof(Torch_multiplies_matrices)}");
        start.Environment["XDG_CACHE_HOME"] = cacheFolder;
        if (temporaryFolder is not null)
            start.Environment["TMPDIR"] = temporaryFolder;
        // These tell a test host that it belongs to a larger run; this one is on its own.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output + error.Result);
    }
}
