using System.Buffers.Binary;
using System.Text;

namespace FFSplit.Tests.TorchPickles;

/// <summary>Writes pickles by hand, one operation a method, legal or not.</summary>
sealed class PickleAssembler
{
    readonly List<byte> _bytes = [0x80, 2];

    public static PickleAssembler New => new();

    public byte[] Bytes => [.. _bytes];

    public PickleAssembler Raw(params byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleAssembler Op(char opcode) => Raw((byte)opcode);

    public PickleAssembler Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Op('X').Raw(BitConverter.GetBytes(bytes.Length)).Raw(bytes);
    }

    public PickleAssembler Global(string module, string name) => Op('c').Raw(Encoding.UTF8.GetBytes($"{module}\n{name}\n"));

    public PickleAssembler Number(long number)
    {
        if (number is >= int.MinValue and <= int.MaxValue) return Op('J').Raw(BitConverter.GetBytes((int)number));
        var bytes = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        return Raw(0x8a, 8).Raw(bytes);
    }

    public PickleAssembler Tuple(params long[] numbers)
    {
        Op('(');
        foreach (var number in numbers) Number(number);
        return Op('t');
    }

    /// <summary>An empty OrderedDict, as every state dict begins.</summary>
    public PickleAssembler OrderedDict() => Global("collections", "OrderedDict").Op(')').Op('R');

    public PickleAssembler Storage(string key, long count, string type = "FloatStorage")
        => Op('(').Text("storage").Global("torch", type).Text(key).Text("cpu").Number(count).Op('t').Op('Q');

    /// <summary>Storage '0' without an element type, counted in bytes.</summary>
    public PickleAssembler Untyped(long bytes)
        => Op('(').Text("storage").Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Number(bytes).Op('t').Op('Q');

    /// <summary>A call of a function of torch._utils.</summary>
    public PickleAssembler Call(string function, Action<PickleAssembler> arguments)
    {
        Global("torch._utils", function).Op('(');
        arguments(this);
        return Op('t').Op('R');
    }

    /// <summary>A tensor over a storage of float32, on the stack.</summary>
    public PickleAssembler Tensor(string key, long count, long offset, long[] shape, long[] strides, string type = "FloatStorage")
        => Call("_rebuild_tensor_v2", a => a
            .Storage(key, count, type).Number(offset).Tuple(shape).Tuple(strides).Raw(0x89).OrderedDict());

    public PickleAssembler Stop() => Op('.');

    /// <summary>A state dict of one tensor 'w'.</summary>
    public static byte[] StateDict(string key, long count, long offset, long[] shape, long[] strides, string type = "FloatStorage")
        => New.OrderedDict().Op('(').Text("w").Tensor(key, count, offset, shape, strides, type).Op('u').Stop().Bytes;

    /// <summary>A state dict of one tensor 'w', which the given operations put on the stack.</summary>
    public static byte[] StateDict(Action<PickleAssembler> tensor)
    {
        var pickle = New.OrderedDict().Op('(').Text("w");
        tensor(pickle);
        return pickle.Op('u').Stop().Bytes;
    }
}
