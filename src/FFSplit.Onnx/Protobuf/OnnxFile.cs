using FFSplit.Checkpoints.Files;
using Google.Protobuf;
using static Google.Protobuf.WireFormat.WireType;

namespace FFSplit.Onnx.Protobuf;

/// <summary>Writes a graph as a model file (onnx.proto, ModelProto), one constant at a time in memory.</summary>
/// <remarks>protobuf ends at 2 GB: where the constants are more, they go to a second file beside the first, which names it.</remarks>
static class OnnxFile
{
    // Of the format, not of the operators; what opset 17 came with, so that every reader since knows it.
    const int IrVersion = 8;

    // Smaller constants stay in the model file, so that shapes can be worked out without the other.
    const int SmallestOutside = 1024;

    // Readers map the second file: each constant begins on a page.
    const int Page = 4096;

    /// <summary>Bytes of constants that fit into one file with all the rest.</summary>
    public const long MostInside = int.MaxValue - (64 << 20);

    /// <summary>Writes the model, and the second file (path + "_data") where one is needed.</summary>
    /// <param name="path">Of the model file.</param>
    /// <param name="graph">What to write.</param>
    /// <param name="mostInside">Bytes of constants above which they go to the second file.</param>
    /// <param name="wrote">Told the bytes of each constant that was written.</param>
    /// <param name="cancellation">Looked at before each constant.</param>
    public static void Write(string path, OnnxGraph graph, long mostInside = MostInside, Action<long>? wrote = null,
        CancellationToken cancellation = default)
    {
        var outside = new Dictionary<string, long>(StringComparer.Ordinal);
        if (graph.Constants.Sum(c => c.ByteCount) > mostInside)
            AtomicFile.Write(path + "_data", file =>
            {
                foreach (var constant in graph.Constants.Where(c => c.ByteCount >= SmallestOutside))
                {
                    cancellation.ThrowIfCancellationRequested();
                    file.Write(new byte[(Page - file.Position % Page) % Page]);
                    outside.Add(constant.Name, file.Position);
                    file.Write(Bytes(constant, wrote));
                }
            });
        var tensors = graph.Constants.Select(c => outside.TryGetValue(c.Name, out var offset)
            ? (Head: TensorAway(c, Path.GetFileName(path) + "_data", offset), Inside: 0L) : (Head: TensorHead(c), Inside: c.ByteCount)).ToArray();
        var nodes = Message(output =>
        {
            foreach (var node in graph.Nodes) Nested(output, 1, inner => Node(inner, node));
            Text(output, 2, graph.Name);
        });
        var ends = Message(output =>
        {
            foreach (var value in graph.Inputs) Nested(output, 11, inner => Value(inner, value));
            foreach (var value in graph.Outputs) Nested(output, 12, inner => Value(inner, value));
        });
        var size = nodes.Length + ends.Length + tensors.Sum(t => Prefix(5, t.Head.Length + t.Inside).Length + t.Head.Length + t.Inside);

        AtomicFile.Write(path, file =>
        {
            file.Write(Message(output =>
            {
                Int(output, 1, IrVersion);
                Text(output, 2, "ffsplit");
            }));
            file.Write(Prefix(7, size));
            file.Write(nodes);
            foreach (var (constant, (head, inside)) in graph.Constants.Zip(tensors))
            {
                cancellation.ThrowIfCancellationRequested();
                file.Write(Prefix(5, head.Length + inside));
                file.Write(head);
                if (inside > 0) file.Write(Bytes(constant, wrote));
            }
            file.Write(ends);
            file.Write(Message(output =>
            {
                foreach (var (domain, version) in graph.Opsets)
                    Nested(output, 8, inner =>
                    {
                        Text(inner, 1, domain);
                        Int(inner, 2, version);
                    });
                foreach (var (key, value) in graph.Metadata) Nested(output, 14, inner => Pair(inner, key, value));
            }));
        });
    }

    static byte[] Bytes(OnnxTensor constant, Action<long>? wrote)
    {
        var bytes = constant.Read();
        if (bytes.LongLength != constant.ByteCount)
            throw new InvalidOperationException($"'{constant.Name}' should be {constant.ByteCount} bytes, not {bytes.LongLength}.");
        wrote?.Invoke(bytes.LongLength);
        return bytes;
    }

    // All of a tensor but the bytes that follow.
    static byte[] TensorHead(OnnxTensor tensor) => [.. Message(output => Describe(output, tensor)), .. tensor.ByteCount > 0 ? Prefix(9, tensor.ByteCount) : []];

    static byte[] TensorAway(OnnxTensor tensor, string file, long offset) => Message(output =>
    {
        Describe(output, tensor);
        Nested(output, 13, inner => Pair(inner, "location", file));
        Nested(output, 13, inner => Pair(inner, "offset", $"{offset}"));
        Nested(output, 13, inner => Pair(inner, "length", $"{tensor.ByteCount}"));
        Int(output, 14, 1);
    });

    static void Describe(CodedOutputStream output, OnnxTensor tensor)
    {
        foreach (var length in tensor.Shape) Int(output, 1, length);
        Int(output, 2, (long)tensor.Type);
        Text(output, 8, tensor.Name);
    }

    static void Node(CodedOutputStream output, OnnxNode node)
    {
        // An input that is left out keeps its place.
        foreach (var input in node.Inputs) Text(output, 1, input, evenEmpty: true);
        foreach (var value in node.Outputs) Text(output, 2, value, evenEmpty: true);
        Text(output, 3, node.Name);
        Text(output, 4, node.Operator);
        foreach (var attribute in node.Attributes) Nested(output, 5, inner => Attribute(inner, attribute));
        Text(output, 7, node.Domain);
    }

    static void Attribute(CodedOutputStream output, OnnxAttribute attribute)
    {
        Text(output, 1, attribute.Name);
        switch (attribute)
        {
            case OnnxAttribute.Float number:
                output.WriteTag(2, Fixed32);
                output.WriteFloat(number.Value);
                Int(output, 20, 1);
                break;
            case OnnxAttribute.Int whole:
                Int(output, 3, whole.Value);
                Int(output, 20, 2);
                break;
            case OnnxAttribute.Text text:
                Text(output, 4, text.Value, evenEmpty: true);
                Int(output, 20, 3);
                break;
            case OnnxAttribute.Ints many:
                foreach (var value in many.Values) Int(output, 8, value);
                Int(output, 20, 7);
                break;
            default: throw new ArgumentOutOfRangeException(nameof(attribute), attribute, "Not an attribute that is written.");
        }
    }

    static void Value(CodedOutputStream output, OnnxValue value)
    {
        Text(output, 1, value.Name);
        Nested(output, 2, type => Nested(type, 1, tensor =>
        {
            Int(tensor, 1, (long)value.Type);
            Nested(tensor, 2, shape =>
            {
                foreach (var length in value.Shape)
                    Nested(shape, 1, inner =>
                    {
                        if (length.Name is { } name) Text(inner, 2, name);
                        else Int(inner, 1, length.Value);
                    });
            });
        }));
    }

    static void Pair(CodedOutputStream output, string key, string value)
    {
        Text(output, 1, key);
        Text(output, 2, value, evenEmpty: true);
    }

    static void Int(CodedOutputStream output, int field, long value)
    {
        output.WriteTag(field, Varint);
        output.WriteInt64(value);
    }

    static void Text(CodedOutputStream output, int field, string value, bool evenEmpty = false)
    {
        if (value.Length == 0 && !evenEmpty) return;
        output.WriteTag(field, LengthDelimited);
        output.WriteString(value);
    }

    static void Nested(CodedOutputStream output, int field, Action<CodedOutputStream> write)
    {
        output.WriteTag(field, LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(Message(write)));
    }

    static byte[] Prefix(int field, long length) => Message(output =>
    {
        output.WriteTag(field, LengthDelimited);
        output.WriteLength(checked((int)length));
    });

    static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(output);
        return stream.ToArray();
    }
}
