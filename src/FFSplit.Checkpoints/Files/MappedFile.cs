using System.IO.MemoryMappedFiles;

namespace FFSplit.Checkpoints.Files;

/// <summary>A file mapped read-only into memory, of any length, so that only the pages that are read are loaded.</summary>
sealed unsafe class MappedFile : IDisposable
{
    readonly MemoryMappedFile? _map;
    readonly MemoryMappedViewAccessor? _view;

    MappedFile(string path, long length, MemoryMappedFile? map, MemoryMappedViewAccessor? view)
        => (Path, Length, _map, _view) = (path, length, map, view);

    public string Path { get; }

    public long Length { get; }

    /// <exception cref="BadInputException">There is no such file, or it cannot be read.</exception>
    public static MappedFile Open(string path)
    {
        if (Directory.Exists(path)) throw new BadInputException(path, "a file", "a folder", "Name the file itself.");
        if (!File.Exists(path)) throw FileErrors.Missing(path);
        MemoryMappedFile? map = null;
        try
        {
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, FileOptions.RandomAccess);
            var length = RandomAccess.GetLength(handle);
            if (length == 0)
            {
                // The system maps no empty file.
                handle.Dispose();
                return new MappedFile(path, 0, null, null);
            }
            map = MemoryMappedFile.CreateFromFile(
                handle,
                null,
                0,
                MemoryMappedFileAccess.Read,
                HandleInheritability.None,
                leaveOpen: false);
            return new MappedFile(path, length, map, map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            map?.Dispose();
            throw FileErrors.Unreadable(path, e);
        }
    }

    /// <summary>Copies bytes from <paramref name="offset"/> on, as many as the destination holds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range does not lie within the file.</exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public void ReadBytes(long offset, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - destination.Length);
        if (destination.IsEmpty) return;
        var start = Acquire();
        try { new ReadOnlySpan<byte>(start + offset, destination.Length).CopyTo(destination); }
        finally { Release(); }
    }

    /// <summary>
    /// The address of the file's first byte, valid until <see cref="Release"/>; the file stays mapped meanwhile, even when closed.
    /// </summary>
    public byte* Acquire()
    {
        ObjectDisposedException.ThrowIf(_view is null, this);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return start + _view.PointerOffset;
    }

    public void Release() => _view!.SafeMemoryMappedViewHandle.ReleasePointer();

    public void Dispose()
    {
        _view?.Dispose();
        _map?.Dispose();
    }
}
