using System.Buffers.Binary;
using System.Text;
using CsCheck;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Tests.Safetensors;

public class HostileSafetensorsTests
{
    const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""";

    /// <summary>What is wrong, the header, bytes of data after it, and a part of the message that only this refusal has.</summary>
    public static TheoryData<string, string, int, string> Headers => new()
    {
        { "no object", "[]", 0, "begins with '{'" },
        { "leading space", " {}", 0, "begins with '{'" },
        { "not JSON", "{\"a\"", 0, "one JSON object" },
        { "two objects", "{}{}", 0, "one JSON object" },
        { "zero after the object", "{}\0", 0, "one JSON object" },
        { "half a surrogate", """{"\ud800":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}""", 4, "one JSON object" },
        {
            "name twice",
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""",
            2,
            "tensor 'a': expected one entry"
        },
        {
            "name twice, once escaped",
            """{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\u0061":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}""",
            2,
            "tensor 'a': expected one entry"
        },
        { "metadata twice", """{"__metadata__":{},"__metadata__":{}}""", 0, "expected one entry" },
        { "metadata key twice", """{"__metadata__":{"x":"1","x":"2"}}""", 0, "metadata 'x'" },
        { "metadata of numbers", """{"__metadata__":{"x":1}}""", 0, "maps text to text" },
        { "metadata list", """{"__metadata__":[]}""", 0, "maps text to text" },
        { "metadata null", """{"__metadata__":null}""", 0, "maps text to text" },
        { "entry no object", """{"a":1}""", 0, "an object with dtype, shape and data_offsets" },
        { "no dtype", """{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "the key 'dtype'" },
        { "no shape", """{"a":{"dtype":"F32","data_offsets":[0,8]}}""", 8, "the key 'shape'" },
        { "no offsets", """{"a":{"dtype":"F32","shape":[2]}}""", 8, "the key 'data_offsets'" },
        { "dtype twice", """{"a":{"dtype":"F32","dtype":"I32","shape":[2],"data_offsets":[0,8]}}""", 8, "the key 'dtype' once" },
        { "shape twice", """{"a":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,8]}}""", 8, "the key 'shape' once" },
        {
            "offsets twice",
            """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"data_offsets":[0,8]}}""",
            8,
            "the key 'data_offsets' once"
        },
        { "unknown key", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"scale":1}}""", 8, "'scale'" },
        { "unknown dtype", """{"a":{"dtype":"X32","shape":[2],"data_offsets":[0,8]}}""", 8, "of the safetensors format, found 'X32'" },
        {
            "dtype in lower case",
            """{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}""",
            8,
            "of the safetensors format, found 'f32'"
        },
        { "dtype no text", """{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "of the safetensors format, found 'Number'" },
        {
            "eight-bit floats",
            """{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""",
            8,
            "that FFSplit reads (F64, F32, F16, BF16, integers, BOOL), found F8_E4M3"
        },
        { "complex", """{"a":{"dtype":"C64","shape":[1],"data_offsets":[0,8]}}""", 8, "found C64" },
        { "negative length", """{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "lengths of axes of 0 or more, found -2" },
        { "two negative lengths", """{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}""", 8, "lengths of axes of 0 or more" },
        {
            "fractional length",
            """{"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}}""",
            8,
            "a shape that is a list of whole numbers"
        },
        {
            "length beyond 63 bits",
            """{"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}}""",
            8,
            "a shape that is a list of whole numbers"
        },
        { "shape no list", """{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""", 8, "a shape that is a list of whole numbers" },
        { "product overflows", """{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}""", 0, "counted in 63 bits" },
        {
            "product overflows to 2",
            """{"a":{"dtype":"F32","shape":[9223372036854775807,2,2],"data_offsets":[0,8]}}""",
            8,
            "counted in 63 bits"
        },
        { "bytes overflow", """{"a":{"dtype":"F64","shape":[2305843009213693952],"data_offsets":[0,0]}}""", 0, "counted in 63 bits" },
        { "one offset", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""", 8, "a list of two whole numbers" },
        { "three offsets", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", 8, "a list of two whole numbers" },
        { "negative offset", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}""", 8, "a list of two whole numbers" },
        { "begin after end", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "begins before it ends" },
        { "too few bytes", """{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "12 bytes for F32 [3], found 8" },
        { "too many bytes", """{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,8]}}""", 8, "6 bytes for F16 [3], found 8" },
        { "scalar of no bytes", """{"a":{"dtype":"F32","shape":[],"data_offsets":[0,0]}}""", 0, "4 bytes for F32 [], found 0" },
        { "outside", """{"a":{"dtype":"F32","shape":[2],"data_offsets":[16,24]}}""", 8, "begins at 16" },
        {
            "far outside",
            """{"a":{"dtype":"U8","shape":[8],"data_offsets":[9223372036854775799,9223372036854775807]}}""",
            8,
            "begins at 9,223,372,036,854,775,799"
        },
        {
            "overlap",
            """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""",
            8,
            "within that of 'a'"
        },
        {
            "the same bytes twice",
            """{"a":{"dtype":"U8","shape":[8],"data_offsets":[0,8]},"b":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""",
            8,
            "within that of 'a'"
        },
        {
            "hole",
            """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""",
            8,
            "found 4, which leaves a hole"
        },
        { "hole at the start", """{"a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}}""", 8, "found 4, which leaves a hole" },
        { "trailing data", Good, 9, "8 bytes after the header, which the tensors account for, found 9" },
        { "data without tensors", "{}", 1, "0 bytes after the header, which the tensors account for, found 1" },
        { "truncated", Good, 7, "up to byte 8 after the header, found 7 bytes, so the file is cut off" },
        {
            "too many axes",
            $$$"""{"a":{"dtype":"U8","shape":[{{{string.Join(",", Enumerable.Repeat(1, 65))}}}],"data_offsets":[0,1]}}""",
            1,
            "at most 64 axes"
        },
        { "control characters in a name", """{"\u001b[2Jx":{"dtype":"U8","shape":[2],"data_offsets":[0,1]}}""", 1, "'\\u001b[2Jx'" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void A_header_is_refused_with_a_message_of_its_own(string what, string header, int dataBytes, string message)
    {
        var thrown = Refused(Bytes(Encoding.UTF8.GetBytes(header), new byte[dataBytes]));
        Assert.True(thrown.Message.Contains(message, StringComparison.Ordinal), $"{what}: {thrown.Message}");
        Assert.Contains("hostile.safetensors", thrown.Thing, StringComparison.Ordinal);
    }

    [Fact]
    public void The_header_that_the_others_are_spoilt_from_is_accepted()
    {
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write("f", Bytes(Encoding.UTF8.GetBytes(Good + "   "), new byte[8])));
        Assert.Equal([2L], file.Tensors["a"].Shape);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_shorter_than_its_prefix_is_refused(int length)
        => Assert.Contains($"found {length} bytes in all", Refused(new byte[length]).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(100_000_001UL)]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    public void A_header_above_the_limit_is_refused(ulong length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        Assert.Contains("at most 100,000,000 bytes", Refused(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_longer_than_its_file_is_refused()
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 57);
        Assert.Contains("found 56 bytes after its length", Refused(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_no_bytes_is_refused()
        => Assert.Contains("begins with '{'", Refused(new byte[8]).Message, StringComparison.Ordinal);

    [Fact]
    public void A_header_that_is_not_utf8_is_refused()
        => Assert.Contains(
            "in UTF-8",
            Refused(Bytes([(byte)'{', (byte)'"', 0xff, (byte)'"', (byte)':', (byte)'1', (byte)'}'], [])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_git_lfs_pointer_is_told_from_a_damaged_file()
        => Assert.Contains(
            "Git LFS",
            Refused("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n"u8.ToArray()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        using var folder = new TemporaryFolder();
        Assert.Contains(
            "nothing at that path",
            Assert.Throws<BadInputException>(() => SafetensorsFile.Open(folder.File("no.safetensors"))).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "found a folder",
            Assert.Throws<BadInputException>(() => SafetensorsFile.Open(folder.Path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_tensor_may_lie_between_others()
    {
        var header = """{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"e":{"dtype":"F32","shape":[3,0],"data_offsets":[2,2]},"b":"""
            + """{"dtype":"U8","shape":[1],"data_offsets":[2,3]}}""";
        using var folder = new TemporaryFolder();
        using var file = SafetensorsFile.Open(folder.Write("f", Bytes(Encoding.UTF8.GetBytes(header), [1, 2, 3])));
        Assert.Empty(file.Tensors["e"].ReadSingles());
        Assert.Equal([3L], file.Tensors["b"].ReadInt64s());
    }

    [Fact]
    public void Whatever_is_done_to_a_file_it_is_read_or_refused()
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(
            stream,
            [MemoryTensor.Of("a.b", [2, 3], new float[6]), MemoryTensor.Of("c", [], (long[])[7])],
            new Dictionary<string,
            string>
            { ["format"] = "pt" });
        var good = stream.ToArray();
        using var folder = new TemporaryFolder();
        Gen.Select(Gen.Int[0, good.Length], Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[0, 4]).Sample((length, changes) =>
        {
            var bytes = good[..(changes.Length == 0 ? length : good.Length)];
            foreach (var (at, value) in changes) bytes[at] = value;
            try
            {
                using var file = SafetensorsFile.Open(folder.Write("f", bytes));
                foreach (var tensor in file.Tensors.Values) _ = tensor.ReadDoubles();
            }
            catch (BadInputException)
            {
                // Any other exception fails the test.
            }
        }, iter: 3000, threads: 1);
    }

    internal static byte[] Bytes(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data)
    {
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)header.Length);
        return [.. prefix, .. header, .. data];
    }

    static BadInputException Refused(byte[] bytes)
    {
        using var folder = new TemporaryFolder();
        return Assert.Throws<BadInputException>(() => SafetensorsFile.Open(folder.Write("hostile.safetensors", bytes)));
    }
}
