namespace FFSplit.Checkpoints.Files;

/// <summary>Makes a folder whole or not at all.</summary>
/// <remarks>
/// Write into <see cref="WorkFolder"/>, a hidden folder beside the target, then <see cref="Commit"/>. Disposing without it
/// removes what was written, and a target that was there before stays as it was.
/// </remarks>
public sealed class AtomicFolder : IDisposable
{
    readonly bool _force;
    bool _finished;

    AtomicFolder(string target, string workFolder, bool force) => (Target, WorkFolder, _force) = (target, workFolder, force);

    /// <summary>Where the folder will stand, as a full path.</summary>
    public string Target { get; }

    /// <summary>Where its files are to be written, on the same disk.</summary>
    public string WorkFolder { get; }

    /// <summary>Begins a folder.</summary>
    /// <param name="path">The target; missing folders above it are made.</param>
    /// <param name="force">
    /// Whether an existing folder may be replaced, which is done only if it is empty or holds a <c>config.json</c> or
    /// <c>ffsplit.json</c>: a mistyped path must not cost somebody their home folder.
    /// </param>
    /// <exception cref="BadUsageException">The target exists and may not be replaced, or the place may not be written to.</exception>
    public static AtomicFolder Create(string path, bool force = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Path.GetDirectoryName(target) is not { } parent)
            throw new BadUsageException($"{path} is the root of a disk. Name a folder in it.");
        CheckReplaceable(target, force);
        var work = Path.Combine(parent, AtomicFile.TemporaryName(Path.GetFileName(target)));
        try
        {
            Directory.CreateDirectory(work);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (e is IOException io && DiskSpace.IsDiskFull(io)) throw DiskSpace.Full(path, null, DiskSpace.FreeBytes(parent), e);
            throw new BadUsageException($"{path} cannot be made: {e.Message} Choose another place.");
        }
        return new AtomicFolder(target, work, force);
    }

    /// <summary>Refuses an output that is the input, lies in it or contains it, however the two are spelt or linked.</summary>
    /// <exception cref="BadUsageException">The two are not apart.</exception>
    public static void EnsureApart(string input, string output)
    {
        var from = RealPath.Of(input);
        var to = RealPath.Of(output);
        if (!RealPath.Contains(from, to) && !RealPath.Contains(to, from)) return;
        var relation = RealPath.Contains(from, to) ? RealPath.Contains(to, from) ? "is" : "lies in" : "contains";
        throw new BadUsageException($"The output {output} {relation} the input {input}. Choose a folder apart from it.");
    }

    /// <summary>Puts the folder into its place; an old one is set aside first, and put back if that fails.</summary>
    /// <exception cref="BadUsageException">Meanwhile something else stands at the target.</exception>
    public void Commit()
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        CheckReplaceable(Target, _force);
        var aside = Directory.Exists(Target)
            ? Path.Combine(Path.GetDirectoryName(Target)!, AtomicFile.TemporaryName(Path.GetFileName(Target), "old"))
            : null;
        if (aside is not null) Directory.Move(Target, aside);
        try
        {
            Directory.Move(WorkFolder, Target);
        }
        catch
        {
            if (aside is not null) Directory.Move(aside, Target);
            throw;
        }
        _finished = true;
        if (aside is not null) Remove(aside);
    }

    /// <summary>Removes what was written, unless it was committed.</summary>
    public void Dispose()
    {
        if (_finished) return;
        _finished = true;
        Remove(WorkFolder);
    }

    static void CheckReplaceable(string target, bool force)
    {
        if (File.Exists(target)) throw new BadUsageException($"{target} is a file. Name a folder to write to.");
        if (!Directory.Exists(target)) return;
        if (!force) throw new BadUsageException($"{target} exists already. Choose another folder, or replace it with --force.");
        var ours = File.Exists(Path.Combine(target, "config.json"))
            || File.Exists(Path.Combine(target, "ffsplit.json"))
            || !Directory.EnumerateFileSystemEntries(target).Any();
        if (!ours) throw new BadUsageException(
            $"{target} holds neither config.json nor ffsplit.json, so it is not replaced even with --force. "
            + "Choose another folder, or remove it yourself.");
    }

    static void Remove(string folder)
    {
        try
        {
            // Of a link only the link goes.
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A leftover with a telling name is better than a failure after the work is done, or one that hides the first.
        }
    }
}
