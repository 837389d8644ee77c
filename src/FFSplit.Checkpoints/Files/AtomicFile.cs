using System.Text;

namespace FFSplit.Checkpoints.Files;

/// <summary>Writes a file whole or not at all.</summary>
/// <remarks>The bytes go to a temporary file beside the target, which takes the target's place when all of them are there.</remarks>
public static class AtomicFile
{
    /// <summary>Writes a file, replacing one that exists; its folder is made where it is missing.</summary>
    /// <param name="path">The target. A reader that has the old file open keeps reading the old one.</param>
    /// <param name="write">Writes the content; an exception from it leaves the target as it was.</param>
    /// <param name="neededBytes">How many bytes that will be, if known, for the message of a full disk.</param>
    /// <exception cref="BadUsageException">The path is a folder, or its folder may not be written to.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static void Write(string path, Action<Stream> write, long? neededBytes = null)
    {
        ArgumentNullException.ThrowIfNull(write);
        var target = Path.GetFullPath(path);
        if (Directory.Exists(target)) throw new BadUsageException($"{path} is a folder. Name a file to write to.");
        var folder = Path.GetDirectoryName(target)!;
        var temporary = Path.Combine(folder, TemporaryName(Path.GetFileName(target)));
        try
        {
            Directory.CreateDirectory(folder);
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16))
                write(stream);
            KeepMode(target, temporary);
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e)
        {
            // Asked for before the temporary file goes, so that the figure is that of the failure.
            var free = e is IOException ? DiskSpace.FreeBytes(folder) : null;
            Remove(temporary);
            if (e is IOException io && DiskSpace.IsDiskFull(io)) throw DiskSpace.Full(path, neededBytes, free, e);
            if (e is UnauthorizedAccessException)
                throw new BadUsageException($"{path} cannot be written: {e.Message} Choose another place.");
            throw;
        }
    }

    /// <summary>Writes text in UTF-8 without a byte order mark, replacing a file that exists.</summary>
    /// <exception cref="BadUsageException">The path is a folder, or its folder may not be written to.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static void WriteAllText(string path, string text)
    {
        var bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetBytes(text);
        Write(path, stream => stream.Write(bytes), bytes.Length);
    }

    /// <summary>A hidden name beside the target that no other process picks.</summary>
    internal static string TemporaryName(string name, string purpose = "tmp") => $".{name}.{purpose}-{Guid.NewGuid().ToString("N")[..12]}";

    static void KeepMode(string target, string temporary)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(target)) File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
    }

    static void Remove(string temporary)
    {
        try { File.Delete(temporary); }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here matters more than a leftover.
        }
    }
}
