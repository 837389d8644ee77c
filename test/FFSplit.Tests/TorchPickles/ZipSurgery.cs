using System.Buffers.Binary;

namespace FFSplit.Tests.TorchPickles;

/// <summary>Changes zip directories in ways that no writer would.</summary>
static class ZipSurgery
{
    const uint EntrySignature = 0x02014b50;

    /// <summary>Writes two bytes into a directory entry, by the entry's number and the field's place in it.</summary>
    public static byte[] Patch(byte[] zip, int entry, int at, ushort value)
    {
        var bytes = (byte[])zip.Clone();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(Entry(bytes, entry) + at), value);
        return bytes;
    }

    /// <summary>
    /// The same archive with the directory's place and count given in a zip64 end record, and the first entry's sizes and offset in an
    /// extra field.
    /// </summary>
    public static byte[] WithZip64(byte[] zip)
    {
        var end = zip.Length - 22;
        var count = BinaryPrimitives.ReadUInt16LittleEndian(zip.AsSpan(end + 10));
        var start = (int)BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(end + 16));
        var entry = zip[start..end];
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(entry.AsSpan(28));
        var extra = new byte[28];
        BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(extra.AsSpan(2), 24);
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(4), BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(24)));
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(12), BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(20)));
        BinaryPrimitives.WriteInt64LittleEndian(extra.AsSpan(20), BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(42)));
        foreach (var at in (int[])[20, 24, 42]) BinaryPrimitives.WriteUInt32LittleEndian(entry.AsSpan(at), uint.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(entry.AsSpan(30), (ushort)extra.Length);
        byte[] directory = [.. entry[..(46 + nameLength)], .. extra, .. entry[(46 + nameLength)..]];

        var record = new byte[56];
        BinaryPrimitives.WriteUInt32LittleEndian(record, 0x06064b50);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(4), 44);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(24), count);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(32), count);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(40), directory.Length);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(48), start);
        var locator = new byte[20];
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064b50);
        BinaryPrimitives.WriteInt64LittleEndian(locator.AsSpan(8), start + directory.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(locator.AsSpan(16), 1);
        var last = zip[end..];
        last.AsSpan(8, 12).Fill(0xff);
        return [.. zip[..start], .. directory, .. record, .. locator, .. last];
    }

    static int Entry(byte[] zip, int number)
    {
        for (var at = 0; ; at++)
            if (BinaryPrimitives.ReadUInt32LittleEndian(zip.AsSpan(at)) == EntrySignature && number-- == 0) return at;
    }
}
