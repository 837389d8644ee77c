namespace FFSplit.Checkpoints.Files;

/// <summary>Whether a disk holds what is to be written.</summary>
public static class DiskSpace
{
    /// <summary>Checks, before a long job begins, that a folder's disk has room for its output.</summary>
    /// <param name="folder">A folder, which need not exist yet.</param>
    /// <param name="neededBytes">Bytes that will be written there.</param>
    /// <exception cref="MachineLimitException">There are fewer free bytes than that; the message names both.</exception>
    public static void CheckFreeSpace(string folder, long neededBytes)
    {
        if (FreeBytes(folder) is { } free && free < neededBytes) throw Full(folder, neededBytes, free);
    }

    /// <summary>Bytes that the current user may still write to a folder's disk; null where the system does not say.</summary>
    /// <param name="folder">A folder, which need not exist yet.</param>
    public static long? FreeBytes(string folder)
    {
        try
        {
            var existing = Path.GetFullPath(folder);
            while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { } parent) existing = parent;
            var drive = new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(existing)! : existing);
            // Some virtual file systems report no size at all; they are not full.
            return drive.TotalSize > 0 ? drive.AvailableFreeSpace : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether writing failed because the disk, or the user's share of it, is full.</summary>
    internal static bool IsDiskFull(IOException e) => OperatingSystem.IsWindows()
        // ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL
        ? e.HResult is unchecked((int)0x80070027) or unchecked((int)0x80070070)
        // ENOSPC, then EDQUOT on Linux and on macOS
        : e.HResult is 28 or 122 or 69;

    internal static MachineLimitException Full(string path, long? needed, long? free, Exception? cause = null) => new(
        $"{path}: the disk is full; {Count(needed)} bytes are needed, {Count(free)} are free. Make room, or write to another disk.", cause);

    static string Count(long? bytes) => bytes is { } count ? FileErrors.Count(count) : "an unknown number of";
}
