using System.Text;
using CsCheck;
using FFSplit.Checkpoints;

namespace FFSplit.Tests.TorchPickles;

public class HostilePickleTests
{
    static PickleAssembler New => PickleAssembler.New;

    /// <summary>Ways to make Python's own unpickler run a command.</summary>
    public static TheoryData<string, byte[], string> Callables => new()
    {
        { "GLOBAL and REDUCE", New.Global("os", "system").Text("id").Raw(0x85).Op('R').Stop().Bytes, "os.system" },
        { "GLOBAL alone", New.Global("os", "system").Stop().Bytes, "os.system" },
        { "STACK_GLOBAL", New.Text("posix").Text("system").Raw(0x93).Text("id").Raw(0x85).Op('R').Stop().Bytes, "posix.system" },
        {
            "STACK_GLOBAL from the memo",
            New.Text("os").Op('q').Raw(1).Op('0').Text("popen").Op('q').Raw(2).Op('0').Op('h').Raw(1).Op('h').Raw(2).Raw(0x93).Stop().Bytes,
            "os.popen"
        },
        { "INST", New.Op('(').Text("id").Op('i').Raw(Encoding.ASCII.GetBytes("os\nsystem\n")).Stop().Bytes, "os.system" },
        { "OBJ", New.Op('(').Global("os", "system").Text("id").Op('o').Stop().Bytes, "os.system" },
        { "NEWOBJ", New.Global("subprocess", "Popen").Text("id").Raw(0x85, 0x81).Stop().Bytes, "subprocess.Popen" },
        { "NEWOBJ_EX", New.Global("subprocess", "Popen").Op(')').Op('}').Raw(0x92).Stop().Bytes, "subprocess.Popen" },
        { "eval", New.Global("builtins", "eval").Text("1").Raw(0x85).Op('R').Stop().Bytes, "builtins.eval" },
        { "getattr", New.Global("builtins", "getattr").Stop().Bytes, "builtins.getattr" },
        {
            "in a state dict, before a good tensor",
            PickleAssembler.StateDict(p => p.Global("torch.hub", "load").Op('0').Tensor("0", 6, 0, [6], [1])),
            "torch.hub.load"
        },
        {
            "as backward hooks",
            PickleAssembler.StateDict(p => p.Call("_rebuild_tensor_v2", a => a
                .Storage("0", 6).Number(0).Tuple(6).Tuple(1).Raw(0x89).Global("os", "system").Op(')').Op('R'))),
            "os.system"
        },
        {
            "a storage class of another module",
            PickleAssembler.StateDict(p => p.Global("torch.cuda", "FloatStorage")),
            "torch.cuda.FloatStorage"
        },
        { "a quantised storage", PickleAssembler.StateDict("0", 6, 0, [6], [1], "QInt8Storage"), "torch.QInt8Storage" },
        {
            "a dotted name into a known module",
            New.Global("collections", "OrderedDict.__class__").Stop().Bytes,
            "collections.OrderedDict.__class__"
        },
        {
            "a name cut between module and name",
            New.Global("torch", "_utils._rebuild_tensor_v3.__globals__").Stop().Bytes,
            "torch._utils._rebuild_tensor_v3.__globals__"
        },
    };

    [Theory]
    [MemberData(nameof(Callables))]
    public void A_foreign_callable_is_refused_by_name(string how, byte[] pickle, string name)
    {
        var thrown = TorchZip.RefusedPickle(pickle);
        Assert.True(thrown.Found == $"the callable {name}", $"{how}: {thrown.Message}");
        Assert.Contains("Nothing was executed", thrown.Remedy, StringComparison.Ordinal);
    }

    /// <summary>Malformed pickles, and a part of the message that only this refusal has.</summary>
    public static TheoryData<string, byte[], string> Malformed => new()
    {
        { "nothing", [], "it is cut off" },
        { "no protocol", [(byte)'}', (byte)'.'], "protocol 2 to 5" },
        { "protocol 1", [0x80, 1, (byte)'}', (byte)'.'], "protocol 2 to 5" },
        { "protocol 6", [0x80, 6, (byte)'}', (byte)'.'], "protocol 2 to 5" },
        { "no end", New.OrderedDict().Bytes, "it is cut off" },
        { "cut off in an operand", New.Op('J').Raw(1, 2).Bytes, "4 bytes after byte 3, found 2, so it is cut off" },
        { "text longer than the pickle", New.Op('X').Raw(0xff, 0xff, 0xff, 0xff).Bytes, "4,294,967,295 bytes after byte 7, found 0" },
        { "text of 2^63 bytes", New.Raw(0x8d).Raw(0, 0, 0, 0, 0, 0, 0, 0x80).Bytes, "it is cut off" },
        { "text that is not UTF-8", New.Op('X').Raw(1, 0, 0, 0, 0xff).Stop().Bytes, "text in UTF-8" },
        { "a global without an end", New.Op('c').Raw(Encoding.ASCII.GetBytes(new string('a', 3000))).Bytes, "ends with a line feed" },
        { "two values at the end", New.Op('N').Op('N').Stop().Bytes, "one value at the end" },
        { "a mark left over", New.Op('(').Op('N').Stop().Bytes, "one value at the end" },
        { "an empty stack at the end", New.Stop().Bytes, "a value on the stack" },
        { "pop of nothing", New.Op('0').Stop().Bytes, "a value on the stack" },
        { "a tuple of too little", New.Op('N').Raw(0x87).Stop().Bytes, "a value on the stack" },
        { "a tuple across a mark", New.Op('N').Op('(').Op('N').Raw(0x86).Stop().Bytes, "a value on the stack" },
        { "a tuple without a mark", New.Op('t').Stop().Bytes, "a mark on the stack" },
        { "items without a mark", New.Op('}').Op('u').Stop().Bytes, "a mark on the stack" },
        { "a key without a value", New.Op('}').Op('(').Op('N').Op('u').Stop().Bytes, "keys with values" },
        { "items into a list", New.Op(']').Op('(').Op('N').Op('N').Op('u').Stop().Bytes, "a dict to set items of" },
        { "append to a dict", New.Op('}').Op('N').Op('a').Stop().Bytes, "a list to append to" },
        { "an unknown memo", New.Op('h').Raw(7).Stop().Bytes, "number 7, which is not" },
        { "a memo of an empty stack", New.Op('q').Raw(0).Stop().Bytes, "a value on the stack" },
        { "a call of text", New.Text("os.system").Op(')').Op('R').Stop().Bytes, "a callable with a tuple of arguments" },
        {
            "a call without a tuple",
            New.Global("collections", "OrderedDict").Op('N').Op('R').Stop().Bytes,
            "a callable with a tuple of arguments"
        },
        {
            "a call of a class that is a type",
            New.Global("torch", "FloatStorage").Op(')').Op('R').Stop().Bytes,
            "a function where one is called, found torch.FloatStorage"
        },
        { "names that are no text", New.Number(1).Number(2).Raw(0x93).Stop().Bytes, "module and name of a callable as text" },
        { "attributes of text", New.Text("x").Op('}').Op('b').Stop().Bytes, "attributes of a dict or a tensor" },
        {
            "OrderedDict of numbers",
            New.Global("collections", "OrderedDict").Op(']').Number(1).Op('a').Raw(0x85).Op('R').Stop().Bytes,
            "collections.OrderedDict called with"
        },
        {
            "OrderedDict by NEWOBJ",
            New.Global("collections", "OrderedDict").Op(')').Raw(0x81).Stop().Bytes,
            "collections.OrderedDict built by NEWOBJ"
        },
        {
            "OrderedDict by INST",
            New.Op('(').Op('i').Raw(Encoding.ASCII.GetBytes("collections\nOrderedDict\n")).Stop().Bytes,
            "collections.OrderedDict built by INST"
        },
        {
            "OrderedDict by OBJ",
            New.Op('(').Global("collections", "OrderedDict").Op('o').Stop().Bytes,
            "collections.OrderedDict built by OBJ"
        },
        { "OBJ of nothing", New.Op('(').Op('o').Stop().Bytes, "found OBJ (0x6f)" },
        { "an extension", New.Raw(0x82, 1).Stop().Bytes, "EXT, which names a callable by number (0x82)" },
        { "a persistent id in text", New.Op('P').Raw(Encoding.ASCII.GetBytes("0\n")).Stop().Bytes, "PERSID (0x50)" },
        { "a set", New.Raw(0x8f).Stop().Bytes, "found a set (0x8f)" },
        { "an outside buffer", New.Raw(0x97).Stop().Bytes, "a buffer outside the pickle" },
        { "an unknown operation", New.Raw(0xff).Stop().Bytes, "an unknown operation (0xff)" },
        { "a float in text", New.Op('F').Raw(Encoding.ASCII.GetBytes("1.0\n")).Stop().Bytes, "the operation 'F' of protocols 0 and 1" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_malformed_pickle_is_refused_with_a_message_of_its_own(string what, byte[] pickle, string message)
    {
        var thrown = TorchZip.RefusedPickle(pickle);
        Assert.True(thrown.Message.Contains(message, StringComparison.Ordinal), $"{what}: {thrown.Message}");
    }

    [Fact]
    public void A_pickle_of_endless_operations_is_refused()
    {
        var pickle = New.Op('}').Raw([.. Enumerable.Repeat((byte[])[(byte)'2', (byte)'0'], 5_000_001).SelectMany(b => b)]).Stop().Bytes;
        Assert.Contains("at most 10,000,000 operations", TorchZip.RefusedPickle(pickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_list_that_holds_itself_is_no_state_dict()
        => Assert.Contains(
            "a dict of tensors",
            TorchZip.RefusedPickle(New.Op(']').Op('q').Raw(0).Op('h').Raw(0).Op('a').Stop().Bytes).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_deeply_nested_value_does_not_exhaust_the_stack()
    {
        var pickle = New.Op(')').Raw([.. Enumerable.Repeat((byte)0x85, 1_000_000)]).Stop().Bytes;
        Assert.Contains("a dict of tensors", TorchZip.RefusedPickle(pickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_operations_are_read_or_refused()
    {
        // Of operations that exist, so that not everything ends at the first byte.
        var opcodes = "()}]tuseaRbQ012NhqJKX.c"u8.ToArray().Concat((byte[])[0x85, 0x86, 0x87, 0x88, 0x93, 0x94]).ToArray();
        var good = PickleAssembler.StateDict("0", 6, 0, [6], [1]);
        Gen.Select(Gen.Int[2, good.Length - 1], Gen.OneOf(opcodes)).Array[1, 3].Sample(changes =>
        {
            var pickle = (byte[])good.Clone();
            foreach (var (at, value) in changes) pickle[at] = value;
            try
            {
                TorchZip.Open(pickle, archive => Assert.NotEmpty(archive.Tensors));
            }
            catch (BadInputException)
            {
                // Any other exception fails the test.
            }
        }, iter: 3000, threads: 1);
    }
}
