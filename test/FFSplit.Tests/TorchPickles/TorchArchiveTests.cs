using System.IO.Compression;
using System.Text;
using CsCheck;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Checkpoints.TorchPickles;
using FFSplit.Tests.Tensors;

namespace FFSplit.Tests.TorchPickles;

public class TorchArchiveTests
{
    static readonly byte[] Pickle = PickleAssembler.StateDict("0", 6, 0, [2, 3], [3, 1]);
    static readonly byte[] Data = TorchZip.Floats(0, 1, 2, 3, 4, 5);

    [Fact]
    public void A_file_of_torch_save_holds_the_same_as_its_safetensors_twin()
    {
        using var twin = SafetensorsFile.Open(Path.Combine(TestFolders.RequireGolden("bert-classifier"), "model.safetensors"));
        using var archive = TorchArchive.Open(Path.Combine(TestFolders.RequireGolden("bert-classifier-bin"), "pytorch_model.bin"));
        Assert.Equal(twin.Tensors.Keys.Order(), archive.Tensors.Keys.Order());
        foreach (var (name, tensor) in twin.Tensors) Assert.True(TensorConversion.SameBytes(tensor, archive.Tensors[name]), name);
    }

    [Fact]
    public void The_archive_that_the_others_are_spoilt_from_is_accepted()
        => TorchZip.Open(Pickle, archive =>
        {
            Assert.Equal([2L, 3], archive.Tensors["w"].Shape);
            Assert.Equal([0, 1, 2, 3, 4, 5], archive.Tensors["w"].ReadSingles());
        });

    [Theory]
    [InlineData(
        new byte[] { 0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e, 0x80, 2 },
        "older form that is a bare pickle")]
    [InlineData(new byte[] { }, "no zip directory")]
    [InlineData(new byte[] { 1, 2, 3 }, "no zip directory")]
    public void What_is_no_zip_archive_is_named(byte[] file, string message)
        => Assert.Contains(message, TorchZip.Refused(file).Message, StringComparison.Ordinal);

    [Fact]
    public void Older_and_foreign_forms_are_named()
    {
        var tar = new byte[1024];
        "ustar"u8.CopyTo(tar.AsSpan(257));
        Assert.Contains("a tar archive", TorchZip.Refused(tar).Message, StringComparison.Ordinal);
        Assert.Contains(
            "Git LFS",
            TorchZip.Refused("version https://git-lfs.github.com/spec/v1\n"u8.ToArray()).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("compressed bytes", CompressionLevel.Optimal, "archive/data.pkl")]
    [InlineData("expected one record 'data.pkl' in a top folder, found none", CompressionLevel.NoCompression, "data.pkl")]
    [InlineData("expected one record 'data.pkl' in a top folder, found none", CompressionLevel.NoCompression, "archive/sub/data.pkl")]
    [InlineData("found several", CompressionLevel.NoCompression, "archive/data.pkl", "other/data.pkl")]
    [InlineData("one record of that name", CompressionLevel.NoCompression, "archive/data.pkl", "archive/data.pkl")]
    [InlineData("TorchScript", CompressionLevel.NoCompression, "archive/data.pkl", "archive/constants.pkl")]
    public void An_archive_of_other_records_is_refused(string message, CompressionLevel level, params string[] names)
        => Assert.Contains(
            message,
            TorchZip.Refused(TorchZip.Records([.. names.Select(n => (n, new byte[100]))], level)).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("byteorder", "big", "little-endian numbers, found 'big'")]
    [InlineData("version", "11", "version 1 to 10")]
    [InlineData("version", "three", "version 1 to 10")]
    public void An_archive_of_another_make_is_refused(string record, string text, string message)
    {
        var file = TorchZip.Records([("a/data.pkl", Pickle), ("a/data/0", Data), ($"a/{record}", Encoding.ASCII.GetBytes(text))]);
        Assert.Contains(message, TorchZip.Refused(file).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_top_folder_may_have_any_name()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("f.bin", TorchZip.Records(
            [("my model.v1/data.pkl", Pickle), ("my model.v1/data/0", Data), ("my model.v1/byteorder", "little"u8.ToArray())]));
        using var archive = TorchArchive.Open(file);
        Assert.Equal(6, archive.Tensors["w"].ElementCount);
    }

    [Fact]
    public void A_directory_with_zip64_numbers_is_read()
    {
        using var folder = new TemporaryFolder();
        using var archive = TorchArchive.Open(folder.Write("f.bin", ZipSurgery.WithZip64(TorchZip.Bytes(Pickle, ("0", Data)))));
        Assert.Equal([0, 1, 2, 3, 4, 5], archive.Tensors["w"].ReadSingles());
    }

    [Theory]
    [InlineData(8, (ushort)1, "encrypted bytes")]
    [InlineData(10, (ushort)8, "compressed bytes")]
    [InlineData(20, (ushort)7, "as many stored bytes as bytes")]
    [InlineData(42, (ushort)1, "a record header where the zip directory says")]
    [InlineData(42, (ushort)60000, "a header before the zip directory")]
    public void A_directory_entry_that_contradicts_the_archive_is_refused(int at, ushort value, string message)
        => Assert.Contains(
            message,
            TorchZip.Refused(ZipSurgery.Patch(TorchZip.Bytes(Pickle, ("0", Data)), 0, at, value)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Records_over_each_others_bytes_are_refused()
    {
        // The second entry of the directory is led to the first record's bytes; its name there betrays it.
        var archive = TorchZip.Records([("a/data.pkl", Pickle), ("a/data/0", Data)]);
        Assert.Contains(
            "one name in directory and record",
            TorchZip.Refused(ZipSurgery.Patch(archive, 1, 42, 0)).Message,
            StringComparison.Ordinal);
        // A record made longer than it is reaches into the next.
        var longer = ZipSurgery.Patch(ZipSurgery.Patch(archive, 0, 20, (ushort)(Pickle.Length + 40)), 0, 24, (ushort)(Pickle.Length + 40));
        Assert.Contains("bytes that another record has too", TorchZip.Refused(longer).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cut_off_archive_is_refused_wherever_it_ends()
    {
        var whole = TorchZip.Bytes(Pickle, ("0", Data));
        for (var length = 0; length < whole.Length; length += 7) TorchZip.Refused(whole[..length]);
    }

    [Fact]
    public void Whatever_is_done_to_an_archive_it_is_read_or_refused()
    {
        var good = TorchZip.Bytes(Pickle, ("0", Data));
        using var folder = new TemporaryFolder();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte).Array[1, 4].Sample(changes =>
        {
            var bytes = (byte[])good.Clone();
            foreach (var (at, value) in changes) bytes[at] = value;
            try
            {
                using var archive = TorchArchive.Open(folder.Write("f", bytes));
                foreach (var tensor in archive.Tensors.Values.Where(t => t.ByteCount < 1000)) _ = tensor.Bytes();
            }
            catch (BadInputException)
            {
                // Any other exception fails the test.
            }
        }, iter: 3000, threads: 1);
    }

    [Fact]
    public void A_closed_archive_is_not_read()
    {
        TensorData? tensor = null;
        TorchZip.Open(PickleAssembler.StateDict("0", 6, 0, [3, 2], [1, 3]), archive => tensor = archive.Tensors["w"]);
        Assert.Throws<ObjectDisposedException>(() => tensor!.Bytes());
    }
}
