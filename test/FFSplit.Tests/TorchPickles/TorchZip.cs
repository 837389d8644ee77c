using System.IO.Compression;
using System.Runtime.InteropServices;
using FFSplit.Checkpoints.TorchPickles;
using FFSplit.Checkpoints;

namespace FFSplit.Tests.TorchPickles;

/// <summary>Writes archives as torch.save lays them out, around a pickle of the test's.</summary>
static class TorchZip
{
    public static byte[] Bytes(byte[] pickle, params (string Key, byte[] Data)[] storages)
        => Records(
        [
            ("archive/data.pkl", pickle),
            .. storages.Select(s => ($"archive/data/{s.Key}", s.Data)),
            ("archive/version", "3\n"u8.ToArray()),
        ]);

    public static byte[] Records((string Name, byte[] Data)[] records, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, data) in records)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(data);
            }
        }
        return stream.ToArray();
    }

    public static byte[] Floats(params float[] values) => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    /// <summary>Opens an archive of six floats 0 … 5 in storage '0' with the given pickle, and hands it to a check.</summary>
    public static void Open(byte[] pickle, Action<TorchArchive> check)
    {
        using var folder = new TemporaryFolder();
        using var archive = TorchArchive.Open(folder.Write(
            "pytorch_model.bin",
            Bytes(pickle, ("0", Floats(0, 1, 2, 3, 4, 5)))));
        check(archive);
    }

    public static BadInputException Refused(byte[] file)
    {
        using var folder = new TemporaryFolder();
        return Assert.Throws<BadInputException>(() => TorchArchive.Open(folder.Write("pytorch_model.bin", file)));
    }

    /// <summary>The refusal of a pickle beside the six floats.</summary>
    public static BadInputException RefusedPickle(byte[] pickle) => Refused(Bytes(pickle, ("0", Floats(0, 1, 2, 3, 4, 5))));
}
