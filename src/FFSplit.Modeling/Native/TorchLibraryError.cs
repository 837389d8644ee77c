using System.Text.RegularExpressions;
using FFSplit.Checkpoints;

namespace FFSplit.Modeling.Native;

/// <summary>The ways in which libtorch can fail to load, each with library, reason and remedy.</summary>
static partial class TorchLibraryError
{
    const string Systems = "Debian 12, Ubuntu 22.04, RHEL 9 or a later one (glibc 2.34, libstdc++ of GCC 11)";

    internal static MachineLimitException NotFound(string file, IEnumerable<string> folders) => new(
        $"{file}: not found in {string.Join(", ", folders)}. It comes with the packages TorchSharp and libtorch-cpu-<system>: "
        + "build or publish on the system that the application is to run on, and deploy its native files too.");

    internal static MachineLimitException NotLoadable(string file, Exception cause) => MissingVersion(cause) is { } version
        ? new($"{file}: needs the symbol version {version}, which this system's libraries do not offer. Use {Systems}, "
            + $"or put a newer libstdc++.so.6 in front with LD_LIBRARY_PATH. The system said: {SystemMessage(cause)}", cause)
        : new($"{file}: this system cannot load it. Needed is {Systems} on x64, Windows on x64 or macOS on arm64, "
            + $"and the files of the libtorch-cpu package beside it. The system said: {SystemMessage(cause)}", cause);

    internal static MachineLimitException NotMendable(string file, string reason) => new(
        $"{file}: needs the symbol version {LibraryMend.MarkerVersion}, which this system's libstdc++.so.6 does not offer, "
        + $"and cannot be made to do without: {reason}. Use a system with libstdc++ of GCC 13 or later, "
        + "or put a newer libstdc++.so.6 in front with LD_LIBRARY_PATH.");

    internal static MachineLimitException NoPlaceForCopy(string file, IReadOnlyList<string> attempts, Exception? cause) => new(
        $"{file}: needs the symbol version {LibraryMend.MarkerVersion}, which this system's libstdc++.so.6 does not offer; "
        + $"a mended copy could not be written and loaded from {string.Join(" nor from ", attempts)}. "
        + "Set XDG_CACHE_HOME to a folder that you may write to and run programs from.", cause);

    /// <summary>The version that the dynamic linker missed, or null where it failed for another reason.</summary>
    internal static string? MissingVersion(Exception failure)
        => MissingVersionPattern().Match(failure.Message) is { Success: true } match ? match.Groups[1].Value : null;

    // On Linux the first line is the runtime's advice on how to find out more; the linker's words follow.
    static string SystemMessage(Exception failure)
    {
        var lines = failure.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return string.Join("; ", lines.Length > 1 ? lines[1..] : lines);
    }

    // The linker quotes as in: version `GLIBCXX_3.4.32' not found (required by …)
    [GeneratedRegex("version [`'\"]([A-Za-z]+_[0-9.]+)[`'\"] not found")]
    private static partial Regex MissingVersionPattern();
}
