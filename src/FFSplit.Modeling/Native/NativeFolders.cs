using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using TorchSharp;

namespace FFSplit.Modeling.Native;

/// <summary>The folders in which an application's native files may lie, however it was deployed.</summary>
static class NativeFolders
{
    /// <summary>The first existing file of that name, or null.</summary>
    internal static string? Find(string file) => Candidates().Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    /// <summary>The existing folders, the runtime's own search list first.</summary>
    internal static IEnumerable<string> Candidates()
    {
        // Built, published, single-file and tool layouts all end up in this property; the rest covers hosts that set none (plug-ins).
        var listed = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return listed.Concat(BesideManagedFiles()).Select(Path.GetFullPath).Select(Path.TrimEndingDirectorySeparator)
            .Distinct().Where(Directory.Exists);
    }

    [UnconditionalSuppressMessage("SingleFile", "IL3000", Justification = "In a single file the place is empty, and passed over.")]
    static IEnumerable<string> BesideManagedFiles()
    {
        var native = Path.Combine("runtimes", $"linux-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}", "native");
        foreach (var folder in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(typeof(torch).Assembly.Location) })
        {
            if (string.IsNullOrEmpty(folder))
                continue;
            yield return folder;
            yield return Path.Combine(folder, native);
        }
    }
}
