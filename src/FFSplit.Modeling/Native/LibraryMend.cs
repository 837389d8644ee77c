using System.Diagnostics.CodeAnalysis;

namespace FFSplit.Modeling.Native;

/// <summary>Takes from TorchSharp's native library the demands for a newer libstdc++ that it does not need.</summary>
/// <remarks>
/// The library was linked with GCC 13. Two of its demands keep it from older systems, both in the tables of symbol versions
/// (ELF, "Symbol Versioning" in the Linux Standard Base): a marker function that nothing calls
/// (GLIBCXX_3.4.32, missing on Debian 12, Ubuntu 22.04 and RHEL 9), and <c>condition_variable::wait</c> in its form of GCC 12
/// (GLIBCXX_3.4.30, missing on RHEL 9), which every libstdc++ also offers in the form of GLIBCXX_3.4.11.
/// The code stays as it is: a version becomes weak, a symbol's version changes.
/// </remarks>
static class LibraryMend
{
    internal const string MarkerVersion = "GLIBCXX_3.4.32";
    internal const string Marker = "_ZSt21ios_base_library_initv";

    const string WaitVersion = "GLIBCXX_3.4.30";
    const string OlderWaitVersion = "GLIBCXX_3.4.11";
    const string Wait = "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE";

    /// <summary>Whether the mend does away with the demand for this version.</summary>
    internal static bool Covers(string version) => version is MarkerVersion or WaitVersion;

    /// <summary>Makes the mended bytes; the same for the same input, on every machine.</summary>
    /// <param name="library">The library's bytes, which are left alone.</param>
    /// <param name="mended">The copy that older systems load.</param>
    /// <param name="reason">Why there is none, a phrase.</param>
    internal static bool TryMend(ReadOnlySpan<byte> library, [NotNullWhen(true)] out byte[]? mended, [NotNullWhen(false)] out string? reason)
    {
        mended = null;
        var copy = library.ToArray();
        if (!ElfVersions.TryRead(copy, out var versions))
        {
            reason = "it is no 64-bit little-endian ELF library with symbol versions";
            return false;
        }

        if (versions.FindNeed(MarkerVersion) is not { } marker)
        {
            reason = $"its tables do not mention {MarkerVersion}";
            return false;
        }

        // Weak is safe only while nothing but the marker is bound to the version: a real function would be called at address 0.
        if (versions.SymbolsOf(marker).FirstOrDefault(symbol => symbol != Marker) is { } other)
        {
            reason = $"it takes {other} from that version";
            return false;
        }

        versions.MakeWeak(marker);
        if (versions.FindNeed(WaitVersion) is { } wait && versions.FindNeed(OlderWaitVersion) is { } older
            && versions.SymbolsOf(wait).All(symbol => symbol == Wait))
        {
            versions.Rebind(Wait, wait, older);
            versions.MakeWeak(wait);
        }

        (mended, reason) = (copy, null);
        return true;
    }
}
