using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace FFSplit.Modeling.Native;

/// <summary>Keeps the mended library in the user's cache and loads it from there.</summary>
/// <remarks>
/// The entry's folder is named after the hash of its content, so versions of TorchSharp live side by side. An entry is used only
/// if its bytes are the expected ones, and comes about by a rename: processes that start together, or one that was killed while it
/// wrote, never show each other half a file.
/// </remarks>
static class MendedCopy
{
    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>The entry's path in the user's cache (XDG Base Directory Specification), or null for a user without a home.</summary>
    internal static string? CachePath(string fileName, ReadOnlySpan<byte> content)
    {
        var root = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (!Path.IsPathFullyQualified(root ?? "")) // the specification says to ignore relative paths
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (home.Length == 0)
                return null;
            root = Path.Combine(home, ".cache");
        }

        return Path.Combine(root!, "ffsplit", "native", Convert.ToHexStringLower(SHA256.HashData(content))[..32], fileName);
    }

    /// <summary>Loads the content from the cache, where that does not work from a fresh temporary folder.</summary>
    [UnsupportedOSPlatform("windows")]
    internal static nint Load(string original, byte[] content)
    {
        var fileName = Path.GetFileName(original);
        var attempts = new List<string>();
        Exception? last = null;
        if (CachePath(fileName, content) is { } cached)
        {
            try
            {
                Place(cached, content);
                return NativeLibrary.Load(cached);
            }
            catch (Exception exception) when (IsRefusal(exception))
            {
                attempts.Add($"{Path.GetDirectoryName(cached)} ({exception.Message.Trim()})");
                last = exception;
            }
        }

        try
        {
            return LoadFromTemporaryFolder(fileName, content);
        }
        catch (Exception exception) when (IsRefusal(exception))
        {
            attempts.Add($"{Path.GetTempPath()} ({exception.Message.Trim()})");
            throw TorchLibraryError.NoPlaceForCopy(original, attempts, last ?? exception);
        }
    }

    /// <summary>Makes the file at a path hold the content, leaving it alone if it does.</summary>
    [UnsupportedOSPlatform("windows")]
    internal static void Place(string path, byte[] content)
    {
        if (Holds(path, content))
            return;
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder, OwnerOnly);
        var draft = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(draft, content);
            File.SetUnixFileMode(draft, OwnerOnly);
            File.Move(draft, path, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }

    static bool Holds(string path, byte[] content)
    {
        var info = new FileInfo(path);
        return info.Exists && info.Length == content.Length && File.ReadAllBytes(path).AsSpan().SequenceEqual(content);
    }

    [UnsupportedOSPlatform("windows")]
    static nint LoadFromTemporaryFolder(string fileName, byte[] content)
    {
        // A new folder with a random name that only its owner may enter: in a folder shared by all users, a fixed name could be
        // somebody else's. Once loaded, the file may go: the process keeps what it has mapped.
        var folder = Directory.CreateTempSubdirectory("ffsplit-");
        try
        {
            var path = Path.Combine(folder.FullName, fileName);
            Place(path, content);
            return NativeLibrary.Load(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    static bool IsRefusal(Exception exception) => exception is IOException or UnauthorizedAccessException or DllNotFoundException;
}
