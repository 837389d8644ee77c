using System.Buffers.Binary;
using System.Text;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>Where a record's bytes lie in the file.</summary>
readonly record struct ZipRecord(long Start, long Length);

/// <summary>Finds the records of a zip archive whose contents are stored uncompressed, so that they can be read in place.</summary>
/// <remarks>
/// PKWARE's APPNOTE 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3 (zip64). Read here because the class library tells no offsets.
/// </remarks>
sealed class ZipRecords
{
    const long LargestDirectory = 100_000_000;
    const int EndLength = 22;
    const int LongestComment = ushort.MaxValue;
    const uint EndSignature = 0x06054b50;
    const uint End64Signature = 0x06064b50;
    const uint Locator64Signature = 0x07064b50;
    const uint EntrySignature = 0x02014b50;
    const uint LocalSignature = 0x04034b50;

    readonly MappedFile _file;
    readonly TorchErrors _errors;
    readonly Dictionary<string, ZipRecord> _records = new(StringComparer.Ordinal);

    ZipRecords(MappedFile file, TorchErrors errors) => (_file, _errors) = (file, errors);

    /// <exception cref="BadInputException">The directory is malformed, contradicts the records, or a record is compressed.</exception>
    public static IReadOnlyDictionary<string, ZipRecord> Read(MappedFile file, TorchErrors errors)
    {
        var zip = new ZipRecords(file, errors);
        zip.ReadDirectory();
        zip.CheckOverlap();
        return zip._records;
    }

    void ReadDirectory()
    {
        var (start, length, count) = FindDirectory();
        if (length > LargestDirectory)
            throw _errors.Zip($"a zip directory of at most {FileErrors.Count(LargestDirectory)} bytes", $"{FileErrors.Count(length)}");
        var directory = new byte[length];
        _file.ReadBytes(start, directory);
        var at = 0;
        for (long i = 0; i < count; i++)
        {
            if (directory.Length - at < 46 || U32(directory, at) != EntrySignature)
                throw _errors.Zip($"{FileErrors.Count(count)} entries in the zip directory", $"{FileErrors.Count(i)}");
            var nameLength = U16(directory, at + 28);
            var extraLength = U16(directory, at + 30);
            var end = at + 46 + nameLength + extraLength + U16(directory, at + 32);
            if (end > directory.Length) throw _errors.Zip("zip entries within the directory", "one that reaches beyond it");
            ReadEntry(directory.AsSpan(at, 46 + nameLength + extraLength), nameLength, start);
            at = end;
        }
        if (at != directory.Length)
            throw _errors.Zip($"{FileErrors.Count(count)} entries in the zip directory", "further bytes after them");
    }

    (long Start, long Length, long Count) FindDirectory()
    {
        var tail = new byte[Math.Min(_file.Length, EndLength + LongestComment)];
        _file.ReadBytes(_file.Length - tail.Length, tail);
        var end = tail.Length - EndLength;
        while (end >= 0 && !(U32(tail, end) == EndSignature && end + EndLength + U16(tail, end + 20) == tail.Length)) end--;
        if (end < 0) throw _errors.NotZip();
        var endAt = _file.Length - tail.Length + end;
        long count = U16(tail, end + 10), length = U32(tail, end + 12), start = U32(tail, end + 16);
        var limit = endAt;
        if (count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue)
            (start, length, count, limit) = FindDirectory64(endAt);
        if (start < 0 || length < 0 || count < 0 || length > limit || start > limit - length)
            throw _errors.Zip("a zip directory before the file's end", "one that lies elsewhere");
        return (start, length, count);
    }

    (long Start, long Length, long Count, long Limit) FindDirectory64(long endAt)
    {
        var locator = new byte[20];
        if (endAt < locator.Length) throw _errors.Zip("a zip64 locator", "none");
        _file.ReadBytes(endAt - locator.Length, locator);
        if (U32(locator, 0) != Locator64Signature) throw _errors.Zip("a zip64 locator", "none");
        var at = (long)U64(locator, 8);
        var record = new byte[56];
        if (at < 0 || at > endAt - locator.Length - record.Length)
            throw _errors.Zip("a zip64 end record before its locator", "one that lies elsewhere");
        _file.ReadBytes(at, record);
        if (U32(record, 0) != End64Signature) throw _errors.Zip("a zip64 end record where its locator says", "something else");
        return ((long)U64(record, 48), (long)U64(record, 40), (long)U64(record, 32), at);
    }

    void ReadEntry(ReadOnlySpan<byte> entry, int nameLength, long directoryStart)
    {
        var rawName = entry.Slice(46, nameLength);
        var name = Encoding.UTF8.GetString(rawName);
        if ((U16(entry, 8) & 1) != 0) throw _errors.Encrypted(name);
        if (U16(entry, 10) != 0) throw _errors.Compressed(name);
        long packed = U32(entry, 20), length = U32(entry, 24), local = U32(entry, 42);
        ReadExtra64(name, entry[(46 + nameLength)..], ref length, ref packed, ref local);
        if (packed != length)
            throw _errors.ZipRecord(name, "as many stored bytes as bytes", $"{FileErrors.Count(packed)} and {FileErrors.Count(length)}");

        Span<byte> header = stackalloc byte[30];
        if (local < 0 || local > directoryStart - header.Length)
            throw _errors.ZipRecord(name, "a header before the zip directory", "one that lies elsewhere");
        _file.ReadBytes(local, header);
        if (U32(header, 0) != LocalSignature)
            throw _errors.ZipRecord(name, "a record header where the zip directory says", "something else");
        var start = local + header.Length + U16(header, 26) + U16(header, 28);
        if (length < 0 || start > directoryStart || length > directoryStart - start)
            throw _errors.ZipRecord(
                name,
                "bytes that end before the zip directory",
                $"{FileErrors.Count(length)} bytes from {FileErrors.Count(start)}");
        var localName = new byte[U16(header, 26)];
        _file.ReadBytes(local + header.Length, localName);
        if (!rawName.SequenceEqual(localName))
            throw _errors.ZipRecord(name, "one name in directory and record", $"'{FileErrors.Shown(Encoding.UTF8.GetString(localName))}'");
        if (!_records.TryAdd(name, new ZipRecord(start, length))) throw _errors.ZipRecord(name, "one record of that name", "two");
    }

    void ReadExtra64(string name, ReadOnlySpan<byte> extra, ref long length, ref long packed, ref long local)
    {
        while (extra.Length >= 4)
        {
            var size = U16(extra, 2);
            if (size > extra.Length - 4) break;
            var field = extra.Slice(4, size);
            if (U16(extra, 0) == 1)
            {
                Take(name, ref field, ref length);
                Take(name, ref field, ref packed);
                Take(name, ref field, ref local);
            }
            extra = extra[(4 + size)..];
        }
    }

    /// <summary>A zip64 field holds only those numbers whose short form is all ones.</summary>
    void Take(string name, ref ReadOnlySpan<byte> field, ref long number)
    {
        if (number != uint.MaxValue) return;
        if (field.Length < 8) throw _errors.ZipRecord(name, "zip64 sizes", "a field too short for them");
        number = (long)U64(field, 0);
        field = field[8..];
    }

    /// <summary>Two records over the same bytes would be a way to make a small file look large.</summary>
    void CheckOverlap()
    {
        long end = 0;
        foreach (var (name, record) in _records.OrderBy(r => r.Value.Start).ThenBy(r => r.Value.Length))
        {
            if (record.Start < end) throw _errors.ZipRecord(name, "bytes of its own", "bytes that another record has too");
            end = record.Start + record.Length;
        }
    }

    static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
