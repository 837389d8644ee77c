using System.Buffers;
using System.Text;
using FFSplit.Checkpoints.Tensors;
using Google.Protobuf;

namespace FFSplit.Onnx.Protobuf;

/// <summary>
/// A protobuf message as its fields in the order of writing. Sizes are known before anything is written, so tensors' bytes go from their
/// source into the file without lying in memory.
/// </summary>
sealed class WireMessage
{
    const int ChunkBytes = 1 << 20;

    readonly List<Field> _fields = [];
    long? _size;

    /// <summary>Bytes of the message itself.</summary>
    public long Size => _size ??= _fields.Sum(f => TagSize(f.Number) + f.Size);

    public WireMessage Add(int number, long value) => Add(new Varint(number, value));

    public WireMessage Add(int number, float value) => Add(new Single(number, value));

    public WireMessage Add(int number, string value) => Add(new Bytes(number, Encoding.UTF8.GetBytes(value)));

    public WireMessage Add(int number, WireMessage value) => Add(new Message(number, value));

    /// <summary>A field of bytes: the tensor's, row-major.</summary>
    public WireMessage Add(int number, TensorData value) => Add(new Raw(number, value));

    public WireMessage AddAll<T>(int number, IEnumerable<T> values, Func<T, WireMessage> encode)
    {
        foreach (var value in values) Add(number, encode(value));
        return this;
    }

    public void WriteTo(Stream stream, CancellationToken cancellation)
    {
        using var coded = new CodedOutputStream(stream, leaveOpen: true);
        Write(new Target(coded, stream, cancellation));
        coded.Flush();
    }

    /// <summary>Writes a tensor's bytes, row-major, as they are.</summary>
    public static void WriteBytes(TensorData tensor, Stream stream, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long at = 0; at < tensor.ByteCount; at += ChunkBytes)
            {
                cancellation.ThrowIfCancellationRequested();
                var part = buffer.AsSpan(0, (int)Math.Min(ChunkBytes, tensor.ByteCount - at));
                tensor.ReadBytes(at, part);
                stream.Write(part);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    WireMessage Add(Field field)
    {
        _fields.Add(field);
        return this;
    }

    void Write(Target target)
    {
        foreach (var field in _fields)
        {
            target.Coded.WriteTag(field.Number, field.Type);
            field.Write(target);
        }
    }

    static int TagSize(int number) => CodedOutputStream.ComputeTagSize(number);

    static long WithLength(long size) => CodedOutputStream.ComputeUInt64Size((ulong)size) + size;

    sealed record Target(CodedOutputStream Coded, Stream Stream, CancellationToken Cancellation);

    abstract record Field(int Number)
    {
        public abstract WireFormat.WireType Type { get; }

        /// <summary>Bytes after the tag.</summary>
        public abstract long Size { get; }

        public abstract void Write(Target target);
    }

    sealed record Varint(int Number, long Value) : Field(Number)
    {
        public override WireFormat.WireType Type => WireFormat.WireType.Varint;
        public override long Size => CodedOutputStream.ComputeInt64Size(Value);
        public override void Write(Target target) => target.Coded.WriteInt64(Value);
    }

    sealed record Single(int Number, float Value) : Field(Number)
    {
        public override WireFormat.WireType Type => WireFormat.WireType.Fixed32;
        public override long Size => sizeof(float);
        public override void Write(Target target) => target.Coded.WriteFloat(Value);
    }

    sealed record Bytes(int Number, byte[] Value) : Field(Number)
    {
        public override WireFormat.WireType Type => WireFormat.WireType.LengthDelimited;
        public override long Size => WithLength(Value.Length);
        public override void Write(Target target) => target.Coded.WriteBytes(ByteString.CopyFrom(Value));
    }

    sealed record Message(int Number, WireMessage Value) : Field(Number)
    {
        public override WireFormat.WireType Type => WireFormat.WireType.LengthDelimited;
        public override long Size => WithLength(Value.Size);

        public override void Write(Target target)
        {
            target.Coded.WriteUInt64((ulong)Value.Size);
            Value.Write(target);
        }
    }

    sealed record Raw(int Number, TensorData Value) : Field(Number)
    {
        public override WireFormat.WireType Type => WireFormat.WireType.LengthDelimited;
        public override long Size => WithLength(Value.ByteCount);

        public override void Write(Target target)
        {
            target.Coded.WriteUInt64((ulong)Value.ByteCount);
            target.Coded.Flush();
            WriteBytes(Value, target.Stream, target.Cancellation);
        }
    }
}
