using System.Buffers.Binary;
using System.Text;
using FFSplit.Modeling.Training.Recovery;

namespace FFSplit.Torch.Tests.Training;

public class EventFileTest
{
    [Fact]
    public void Records_have_right_checksums_and_hold_the_scalars()
    {
        using var folder = new TemporaryFolder();
        using (var file = new EventFile(folder.Path, firstStep: 1)) file.Scalar("train/loss", 300, 0.25);
        var bytes = File.ReadAllBytes(Assert.Single(Directory.GetFiles(folder.Path, "events.out.tfevents.*")));
        var records = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            Assert.Equal(Masked(bytes.AsSpan(at + 12, length)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            records.Add(bytes[(at + 12)..(at + 12 + length)]);
            at += length + 16;
        }
        Assert.Equal(3, records.Count);
        Assert.Contains("brain.Event:2", Encoding.UTF8.GetString(records[0]), StringComparison.Ordinal);
        // wall_time, then step 300 as field 2, then summary { value { tag, simple_value } }.
        byte[] expected = [0x10, 0xAC, 0x02, 0x2A, 19, 0x0A, 17, 0x0A, 10, .. Encoding.UTF8.GetBytes("train/loss"), 0x15,
            .. BitConverter.GetBytes(0.25f)];
        Assert.Equal(0x09, records[2][0]);
        Assert.Equal(expected, records[2][9..]);
    }

    // CRC-32C bit by bit, whose value for "123456789" is known.
    static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
        }
        return ~crc;
    }

    static uint Masked(ReadOnlySpan<byte> data)
    {
        Assert.Equal(0xE3069283u, Crc("123456789"u8));
        var crc = Crc(data);
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u);
    }
}
