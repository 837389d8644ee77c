using CsCheck;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Tests.Tensors;
using static FFSplit.Tests.TorchPickles.PickleAssembler;

namespace FFSplit.Tests.TorchPickles;

public class StateDictTests
{
    [Fact]
    public void A_transposed_tensor_is_read_row_by_row()
        => TorchZip.Open(
            StateDict("0", 6, 0, [3, 2], [1, 3]),
            archive => Assert.Equal([0, 3, 1, 4, 2, 5], archive.Tensors["w"].ReadSingles()));

    [Fact]
    public void A_slice_begins_at_its_offset()
        => TorchZip.Open(StateDict("0", 6, 1, [2, 2], [3, 1]), archive => Assert.Equal([1, 2, 4, 5], archive.Tensors["w"].ReadSingles()));

    [Fact]
    public void An_expanded_tensor_repeats_its_elements()
        => TorchZip.Open(StateDict("0", 6, 4, [2, 2], [0, 1]), archive => Assert.Equal([4, 5, 4, 5], archive.Tensors["w"].ReadSingles()));

    [Fact]
    public void A_scalar_and_an_empty_tensor_are_read()
    {
        TorchZip.Open(StateDict("0", 6, 5, [], []), archive => Assert.Equal([5], archive.Tensors["w"].ReadSingles()));
        TorchZip.Open(StateDict("0", 6, 0, [0, 3], [3, 1]), archive => Assert.Empty(archive.Tensors["w"].ReadSingles()));
    }

    [Fact]
    public void Any_view_is_what_indexing_by_strides_gives()
        => Gen.Select(Gen.Long[0, 20], Axes, Gen.Int[0, 30]).Sample((offset, axes, from) =>
        {
            var shape = axes.Select(a => a.Item1).ToArray();
            var strides = axes.Select(a => a.Item2).ToArray();
            var count = 1 + offset + axes.Sum(a => (a.Item1 - 1) * a.Item2);
            var storage = Enumerable.Range(0, (int)count).Select(i => (float)i).ToArray();
            var expected = new List<float>();
            for (long i = 0; i < shape.Aggregate(1L, (n, l) => n * l); i++)
            {
                var (rest, at) = (i, offset);
                for (var axis = shape.Length - 1; axis >= 0; axis--)
                {
                    at += rest % shape[axis] * strides[axis];
                    rest /= shape[axis];
                }
                expected.Add(at);
            }
            using var folder = new TemporaryFolder();
            var pickle = StateDict("s", count, offset, shape, strides);
            using var archive = Checkpoints.TorchPickles.TorchArchive.Open(folder.Write(
                "f",
                TorchZip.Bytes(pickle, ("s", TorchZip.Floats(storage)))));
            var tensor = archive.Tensors["w"];
            Assert.Equal(expected, tensor.ReadSingles());
            var part = new byte[Math.Max(0, tensor.ByteCount - from)];
            tensor.ReadBytes(tensor.ByteCount - part.Length, part);
            Assert.Equal(tensor.Bytes()[^part.Length..], part);
        }, iter: 400, threads: 1);

    /// <summary>Lengths and strides.</summary>
    static Gen<(long, long)[]> Axes => Gen.Select(Gen.Long[1, 4], Gen.Long[0, 9]).Array[0, 4];

    /// <summary>Views that torch could not make, with a part of the message that only this refusal has.</summary>
    public static TheoryData<string, byte[], string> BadViews => new()
    {
        { "a count above the record's", StateDict("0", 7, 0, [6], [1]), "7 elements of 4 bytes, found 24 bytes" },
        { "a count below the record's", StateDict("0", 5, 0, [5], [1]), "5 elements of 4 bytes, found 24 bytes" },
        { "a count of another type", StateDict("0", 6, 0, [6], [1], "DoubleStorage"), "6 elements of 8 bytes, found 24 bytes" },
        { "a count whose bytes overflow to 24", StateDict("0", (1L << 62) + 6, 0, [6], [1]), "4,611,686,018,427,387,910 elements" },
        { "a negative count", StateDict("0", -6, 0, [6], [1]), "-6 elements" },
        { "no such record", StateDict("1", 6, 0, [6], [1]), "record '1': expected the bytes of a storage" },
        { "a record outside the folder", StateDict("../version", 6, 0, [6], [1]), "record '../version'" },
        { "one element too many", StateDict("0", 6, 0, [7], [1]), "elements within its 6, found one at 6" },
        { "an offset behind the end", StateDict("0", 6, 6, [], []), "found one at 6" },
        { "an offset that pushes it over", StateDict("0", 6, 1, [2, 3], [3, 1]), "found one at 6" },
        { "a stride that leads out", StateDict("0", 6, 0, [2, 3], [4, 1]), "found one at 6" },
        {
            "a stride that overflows",
            StateDict("0", 6, 0, [3, 3], [long.MaxValue, long.MaxValue]),
            "found one at 36,893,488,147,419,103,228"
        },
        { "a negative offset", StateDict("0", 6, -1, [6], [1]), "an offset of 0 or more" },
        { "a negative length", StateDict("0", 6, 0, [-1], [1]), "lengths of axes of 0 or more" },
        { "a negative stride", StateDict("0", 6, 5, [6], [-1]), "strides of 0 or more" },
        { "fewer strides than axes", StateDict("0", 6, 0, [2, 3], [1]), "a stride for each of 2 axes, found 1" },
        { "more strides than axes", StateDict("0", 6, 0, [6], [1, 1]), "a stride for each of 1 axes, found 2" },
        { "more elements than can be counted", StateDict("0", 6, 0, [1L << 40, 1L << 40], [0, 0]), "counted in 63 bits" },
        { "a vast view of little", StateDict("0", 6, 0, [1L << 40], [0]), "where it repeats elements" },
        { "too many axes", StateDict("0", 6, 0, [.. Enumerable.Repeat(1L, 65)], new long[65]), "at most 64 axes" },
        {
            "a shape that is no tuple",
            StateDict(p => p.Call("_rebuild_tensor_v2", a => a.Storage("0", 6).Number(0).Number(6).Tuple(1).Raw(0x89).OrderedDict())),
            "torch._utils._rebuild_tensor_v2 called with"
        },
        {
            "a length that is text",
            StateDict(p => p.Call("_rebuild_tensor_v2", a => a
                .Storage("0", 6).Number(0).Text("6").Raw(0x85).Tuple(1).Raw(0x89).OrderedDict())),
            "torch._utils._rebuild_tensor_v2 called with"
        },
        {
            "a length beyond 64 bits",
            StateDict(p => p.Call("_rebuild_tensor_v2", a => a
                .Storage("0", 6).Number(0).Raw(0x8a, 9, 0, 0, 0, 0, 0, 0, 0, 0, 1).Raw(0x85).Tuple(1).Raw(0x89).OrderedDict())),
            "torch._utils._rebuild_tensor_v2 called with"
        },
        {
            "too few arguments",
            StateDict(p => p.Call("_rebuild_tensor_v2", a => a.Storage("0", 6).Number(0).Tuple(6))),
            "torch._utils._rebuild_tensor_v2 called with"
        },
        {
            "a tensor of no storage",
            StateDict(p => p.Call("_rebuild_tensor_v2", a => a.Text("0").Number(0).Tuple(6).Tuple(1).Raw(0x89).OrderedDict())),
            "torch._utils._rebuild_tensor_v2 called with"
        },
        {
            "a parameter of no tensor",
            StateDict(p => p.Call("_rebuild_parameter", a => a.Text("0").Raw(0x89).OrderedDict())),
            "torch._utils._rebuild_parameter called with"
        },
        { "a persistent id of text", StateDict(p => p.Text("0").Op('Q')), "a persistent id of the form" },
        {
            "a persistent id of another kind",
            StateDict(p => p.Op('(').Text("module").Global("torch", "FloatStorage").Text("0").Text("cpu").Number(6).Op('t').Op('Q')),
            "a persistent id of the form"
        },
        {
            "a storage whose type is a function",
            StateDict(p => p.Op('(').Text("storage").Global("torch", "Size").Text("0").Text("cpu").Number(6).Op('t').Op('Q')),
            "a persistent id of the form"
        },
        {
            "an untyped storage without a type",
            StateDict(p => p.Call("_rebuild_tensor_v2", a => a.Untyped(24).Number(0).Tuple(6).Tuple(1).Raw(0x89).OrderedDict())),
            "an element type, found none"
        },
    };

    [Theory]
    [MemberData(nameof(BadViews))]
    public void A_view_that_cannot_be_is_refused_with_a_message_of_its_own(string what, byte[] pickle, string message)
    {
        var thrown = TorchZip.RefusedPickle(pickle);
        Assert.True(thrown.Message.Contains(message, StringComparison.Ordinal), $"{what}: {thrown.Message}");
    }

    [Fact]
    public void Parameters_sizes_and_untyped_storages_are_tensors_too()
    {
        float[] expected = [0, 1, 2, 3, 4, 5];
        TorchZip.Open(
            StateDict(p => p.Call("_rebuild_parameter", a => a.Tensor("0", 6, 0, [6], [1]).Raw(0x88).OrderedDict())),
            archive => Assert.Equal(expected, archive.Tensors["w"].ReadSingles()));
        TorchZip.Open(
            StateDict(p => p.Call("_rebuild_parameter_with_state", a => a.Tensor("0", 6, 0, [6], [1]).Raw(0x88).OrderedDict().Op('}'))),
            archive => Assert.Equal(expected, archive.Tensors["w"].ReadSingles()));
        TorchZip.Open(
            StateDict(p => p.Call("_rebuild_tensor_v2", a => a
                .Storage("0", 6).Number(0).Global("torch", "Size").Tuple(6).Raw(0x85).Op('R').Tuple(1).Raw(0x89).OrderedDict())),
            archive => Assert.Equal(expected, archive.Tensors["w"].ReadSingles()));
        TorchZip.Open(
            StateDict(p => p.Call("_rebuild_tensor_v3", a => a
                .Untyped(24).Number(0).Tuple(6).Tuple(1).Raw(0x89).OrderedDict().Global("torch", "float32"))),
            archive => Assert.Equal(expected, archive.Tensors["w"].ReadSingles()));
        TorchZip.Open(
            StateDict(p => p.Call("_rebuild_tensor_v3", a => a
                .Untyped(24).Number(1).Tuple(11).Tuple(1).Raw(0x89).OrderedDict().Global("torch", "uint16"))),
            archive => Assert.Equal(DType.U16, archive.Tensors["w"].Type));
    }

    [Theory]
    [InlineData("DoubleStorage", 3, DType.F64)]
    [InlineData("FloatStorage", 6, DType.F32)]
    [InlineData("HalfStorage", 12, DType.F16)]
    [InlineData("BFloat16Storage", 12, DType.BF16)]
    [InlineData("LongStorage", 3, DType.I64)]
    [InlineData("IntStorage", 6, DType.I32)]
    [InlineData("ShortStorage", 12, DType.I16)]
    [InlineData("CharStorage", 24, DType.I8)]
    [InlineData("ByteStorage", 24, DType.U8)]
    [InlineData("BoolStorage", 24, DType.Bool)]
    public void A_storage_gives_the_element_type(string storage, int count, DType type)
        => TorchZip.Open(StateDict("0", count, 0, [count], [1], storage), archive =>
        {
            Assert.Equal(type, archive.Tensors["w"].Type);
            Assert.Equal(TorchZip.Floats(0, 1, 2, 3, 4, 5), archive.Tensors["w"].Bytes());
        });

    [Fact]
    public void Two_names_may_stand_for_the_same_bytes()
        => TorchZip.Open(
            New.OrderedDict().Op('(').Text("a").Tensor("0", 6, 0, [6], [1]).Op('q').Raw(9)
                .Text("b").Op('h').Raw(9).Text("c").Tensor("0", 6, 2, [2], [1]).Op('u').Stop().Bytes,
            archive =>
            {
                Assert.True(TensorConversion.SameBytes(archive.Tensors["a"], archive.Tensors["b"]));
                Assert.Equal("b", archive.Tensors["b"].Name);
                Assert.Equal([2, 3], archive.Tensors["c"].ReadSingles());
            });

    [Fact]
    public void The_metadata_that_a_module_leaves_on_its_dict_is_passed_over()
        => TorchZip.Open(
            New.OrderedDict().Op('(').Text("w").Tensor("0", 6, 0, [6], [1]).Op('u')
                .Op('}').Text("_metadata").OrderedDict().Op('(').Text("")
                .Op('}').Text("version").Number(1).Op('s').Op('u').Op('s').Op('b').Stop().Bytes,
            archive => Assert.Equal(["w"], archive.Tensors.Keys));

    [Fact]
    public void Other_values_beside_the_tensors_are_passed_over_and_listed()
        => TorchZip.Open(
            New.Op('}').Op('(').Text("w").Tensor("0", 6, 0, [6], [1])
                .Text("epoch").Number(3).Text("args").Op('}').Number(1).Op('N').Op('u').Stop().Bytes,
            archive =>
            {
                Assert.Equal(["w"], archive.Tensors.Keys);
                Assert.Equal(["epoch", "args", "a key that is no text"], archive.Ignored);
            });

    [Theory]
    [InlineData("state_dict")]
    [InlineData("model")]
    public void A_state_dict_may_lie_under_the_name_that_trainers_give_it(string name)
        => TorchZip.Open(Wrapped(name), archive => Assert.Equal(["w"], archive.Tensors.Keys));

    [Fact]
    public void What_holds_no_or_several_state_dicts_is_refused()
    {
        Refuses(Wrapped("model", "state_dict"), "one under 'state_dict' and one under 'model'");
        Refuses(Wrapped("optimizer"), "found a dict with 'optimizer'");
        Refuses(New.OrderedDict().Stop().Bytes, "found an empty dict");
        Refuses(New.Tensor("0", 6, 0, [6], [1]).Stop().Bytes, "found a single tensor");
        Refuses(New.Text("x").Stop().Bytes, "found something else");
        Refuses(New.Op('}').Number(7).Tensor("0", 6, 0, [6], [1]).Op('s').Stop().Bytes, "one under the number 7");
        Refuses(
            New.Op('}').Op('(').Text("w").Tensor("0", 6, 0, [6], [1]).Text("w").Tensor("0", 6, 0, [6], [1]).Op('u').Stop().Bytes,
            "tensor 'w': expected one entry in the state dict, found two");

        static void Refuses(byte[] pickle, string message)
            => Assert.Contains(message, TorchZip.RefusedPickle(pickle).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pickle_of_protocol_4_with_frames_and_memoize_is_read()
    {
        var pickle = New.Raw(0x95, 0, 0, 0, 0, 0, 0, 0, 0)
            .Raw(0x8c, 11).Raw("collections"u8.ToArray()).Raw(0x94)
            .Raw(0x8c, 11).Raw("OrderedDict"u8.ToArray()).Raw(0x94, 0x93, 0x94).Op(')').Op('R').Raw(0x94)
            .Raw(0x8c, 1).Raw("w"u8.ToArray()).Raw(0x94).Tensor("0", 6, 0, [6], [1]).Op('s').Stop().Bytes;
        pickle[1] = 4;
        TorchZip.Open(pickle, archive => Assert.Equal(6, archive.Tensors["w"].ElementCount));
    }

    static byte[] Wrapped(params string[] names)
    {
        var pickle = New.Op('}').Op('(');
        foreach (var name in names) pickle.Text(name).OrderedDict().Text("w").Tensor("0", 6, 0, [6], [1]).Op('s');
        return pickle.Text("epoch").Number(1).Op('u').Stop().Bytes;
    }
}
