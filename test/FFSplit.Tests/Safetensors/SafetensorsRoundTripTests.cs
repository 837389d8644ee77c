using CsCheck;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Tests.Tensors;

namespace FFSplit.Tests.Safetensors;

public class SafetensorsRoundTripTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        Gen.Select(RandomTensors.Several, Gen.Dictionary(Gen.String, Gen.String)[0, 3]).Sample((tensors, metadata) =>
        {
            // Half a surrogate pair is no text; JSON cannot hold it.
            metadata = metadata.Where(p => IsText(p.Key) && IsText(p.Value)).ToDictionary();
            SafetensorsWriter.Write(path, tensors, metadata);
            Assert.Equal(SafetensorsWriter.SizeOf(tensors, metadata), new FileInfo(path).Length);
            using var file = SafetensorsFile.Open(path);
            Assert.Equal(metadata.OrderBy(p => p.Key), file.Metadata.OrderBy(p => p.Key));
            Assert.Equal(tensors.Length, file.Tensors.Count);
            foreach (var tensor in tensors)
            {
                Assert.True(TensorConversion.SameBytes(tensor, file.Tensors[tensor.Name]));
                Assert.Equal(tensor.Name, file.Tensors[tensor.Name].Name);
            }
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void The_order_in_which_tensors_come_does_not_change_a_byte()
        => RandomTensors.Several.Sample(tensors =>
        {
            var metadata = new Dictionary<string, string> { ["format"] = "pt", ["a"] = "1" };
            Assert.Equal(Written(tensors, metadata), Written(tensors.Reverse(), metadata.Reverse().ToDictionary()));
        }, iter: 200);

    [Fact]
    public void Bytes_equal_those_of_the_reference_implementation()
    {
        foreach (var golden in TestFolders.AllGolden)
        {
            foreach (var path in Directory.EnumerateFiles(golden, "*.safetensors"))
            {
                using var file = SafetensorsFile.Open(path);
                Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(Written(file.Tensors.Values, file.Metadata)), path);
            }
        }
    }

    [Fact]
    public void A_scalar_has_no_axes_and_one_element()
    {
        using var file = SafetensorsFile.Open(Path.Combine(TestFolders.RequireGolden("gpt2-lm-hub"), "model.safetensors"));
        var scalar = file.Tensors["h.0.attn.masked_bias"];
        Assert.Empty(scalar.Shape);
        Assert.Equal([-1e4f], scalar.ReadSingles());
    }

    [Fact]
    public void A_file_without_tensors_is_legal()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("none.safetensors"), []);
        using var file = SafetensorsFile.Open(folder.File("none.safetensors"));
        Assert.Empty(file.Tensors);
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void A_file_can_be_written_over_the_one_that_its_tensors_are_read_from()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows does not replace a file that is mapped.");
        using var folder = new TemporaryFolder();
        var path = folder.File("model.safetensors");
        SafetensorsWriter.Write(path, [MemoryTensor.Of("w", [3], (float[])[1, 2, 3])]);
        using (var file = SafetensorsFile.Open(path)) SafetensorsWriter.Write(
            path,
            [file.Tensors["w"], MemoryTensor.Of("v", [1], (float[])[4])]);
        using var again = SafetensorsFile.Open(path);
        Assert.Equal([1, 2, 3], again.Tensors["w"].ReadSingles());
        Assert.Equal(["model.safetensors"], folder.Entries);
    }

    [Fact]
    public void A_tensor_is_read_from_any_offset()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("f"), [MemoryTensor.Of("w", [2], (float[])[1, 2])]);
        using var file = SafetensorsFile.Open(folder.File("f"));
        var part = new byte[3];
        file.Tensors["w"].ReadBytes(4, part);
        Assert.Equal(BitConverter.GetBytes(2f)[..3], part);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Tensors["w"].ReadBytes(6, part));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Tensors["w"].ReadBytes(-1, part));
    }

    [Fact]
    public void A_file_beyond_2_GB_is_read_at_its_far_end()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("Needs a file system that makes files with holes without being asked.");
        const long Count = 3_000_000_000;
        const long Last = Count - 1;
        var header = $$$"""{"w":{"dtype":"U8","shape":[{{{Last}}}],"data_offsets":[0,{{{Last}}}]},"z":"""
            + $$$"""{"dtype":"U8","shape":[1],"data_offsets":[{{{Last}}},{{{Count}}}]}}""";
        using var folder = new TemporaryFolder();
        using (var stream = File.Create(folder.File("f")))
        {
            stream.Write(HostileSafetensorsTests.Bytes(System.Text.Encoding.UTF8.GetBytes(header), []));
            stream.Seek(Count - 2, SeekOrigin.Current);
            stream.Write([7, 9]);
        }
        using var file = SafetensorsFile.Open(folder.File("f"));
        var last = new byte[2];
        file.Tensors["w"].ReadBytes(Count - 3, last);
        Assert.Equal([0, 7], last);
        Assert.Equal([9L], file.Tensors["z"].ReadInt64s());
    }

    [Fact]
    public void A_closed_file_is_not_read()
    {
        using var folder = new TemporaryFolder();
        SafetensorsWriter.Write(folder.File("f"), [MemoryTensor.Of("w", [2], (float[])[1, 2])]);
        var file = SafetensorsFile.Open(folder.File("f"));
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Tensors["w"].ReadSingles());
    }

    [Fact]
    public void Two_tensors_of_one_name_are_not_written()
    {
        var tensor = MemoryTensor.Of("w", [1], (float[])[1]);
        Assert.Throws<ArgumentException>(() => Written([tensor, tensor], null));
        Assert.Throws<ArgumentException>(() => Written([MemoryTensor.Of("__metadata__", [1], (float[])[1])], null));
    }

    static bool IsText(string text) => !text.Any(char.IsSurrogate);

    static byte[] Written(IEnumerable<TensorData> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        SafetensorsWriter.Write(stream, tensors, metadata);
        return stream.ToArray();
    }
}
