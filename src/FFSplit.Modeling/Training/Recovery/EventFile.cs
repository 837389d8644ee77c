using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Modeling.Training.Recovery;

/// <summary>
/// A TensorBoard event file: records of length, checksum, message, checksum (TensorFlow's tfrecord), whose messages are Event protocol
/// buffers (tensorflow/core/util/event.proto). Only scalars are written.
/// </summary>
public sealed class EventFile : IDisposable
{
    const string Prefix = FolderCopy.EventFiles;

    /// <summary>The names that TensorBoard finds.</summary>
    public const string Pattern = Prefix + "*";

    readonly FileStream _stream;

    /// <summary>Begins a file in a folder, under a name that TensorBoard finds.</summary>
    /// <param name="folder">Is made where it is missing.</param>
    /// <param name="firstStep">What older files of the folder hold from this step on is void: a resumed run writes it again.</param>
    public EventFile(string folder, int firstStep)
    {
        Directory.CreateDirectory(folder);
        var time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        _stream = new FileStream(Path.Combine(folder, $"{Prefix}{time / 1000:d10}.ffsplit.{time % 1000:d3}.{Environment.ProcessId}"),
            FileMode.Create, FileAccess.Write, FileShare.Read);
        // file_version, then a session log of status START, at which TensorBoard drops later steps of the files before.
        Write(0, message => message.Text(3, "brain.Event:2"));
        Write(firstStep, message => message.Message(7, log => log.Number(1, 1)));
    }

    /// <summary>Writes a value of a curve.</summary>
    public void Scalar(string tag, int step, double value)
        => Write(step, message => message.Message(5, summary => summary.Message(1, point =>
        {
            point.Text(1, tag);
            point.Single(2, (float)value);
        })));

    /// <summary>Hands what was written to the system.</summary>
    public void Flush() => _stream.Flush();

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    void Write(int step, Action<ProtoMessage> fill)
    {
        var message = new ProtoMessage();
        message.Double(1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0);
        message.Number(2, step);
        fill(message);
        var data = message.ToArray();
        Span<byte> number = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, (ulong)data.Length);
        _stream.Write(number);
        WriteChecksum(number);
        _stream.Write(data);
        WriteChecksum(data);
    }

    void WriteChecksum(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = BitOperations.Crc32C(crc, value);
        crc = ~crc;
        Span<byte> masked = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(masked, unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8u));
        _stream.Write(masked);
    }

    // The few field types that events are made of.
    sealed class ProtoMessage
    {
        readonly List<byte> _bytes = [];

        public byte[] ToArray() => [.. _bytes];

        public void Number(int field, long value)
        {
            Key(field, 0);
            Varint((ulong)value);
        }

        public void Double(int field, double value)
        {
            Key(field, 1);
            _bytes.AddRange(BitConverter.GetBytes(value));
        }

        public void Single(int field, float value)
        {
            Key(field, 5);
            _bytes.AddRange(BitConverter.GetBytes(value));
        }

        public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public void Message(int field, Action<ProtoMessage> fill)
        {
            var inner = new ProtoMessage();
            fill(inner);
            Bytes(field, inner.ToArray());
        }

        void Bytes(int field, byte[] value)
        {
            Key(field, 2);
            Varint((ulong)value.Length);
            _bytes.AddRange(value);
        }

        void Key(int field, int type) => Varint((ulong)(field << 3 | type));

        void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7) _bytes.Add((byte)(value | 0x80));
            _bytes.Add((byte)value);
        }
    }
}
