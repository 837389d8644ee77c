using System.Globalization;
using System.Text;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.TorchPickles;

/// <summary>
/// A <c>pytorch_model.bin</c> in the zip form of torch.save (torch 1.6 and later), mapped into memory and read without executing anything.
/// </summary>
/// <remarks>
/// A zip archive of uncompressed records under one top folder: <c>data.pkl</c> describes the tensors, <c>data/KEY</c> holds each storage's
/// bytes.
/// The pickle may use only what state dicts use; any other callable is refused by name. Tensors can be read until the archive is disposed.
/// </remarks>
public sealed class TorchArchive : IDisposable
{
    const long LargestPickle = 100_000_000;

    readonly MappedFile _file;

    TorchArchive(MappedFile file, StateDict state) => (_file, Tensors, Ignored) = (file, state.Tensors, state.Ignored);

    /// <summary>The state dict's tensors by name; two names may stand for the same bytes.</summary>
    public IReadOnlyDictionary<string, TensorData> Tensors { get; }

    /// <summary>Keys beside the tensors whose values are something else, passed over.</summary>
    public IReadOnlyList<string> Ignored { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length => _file.Length;

    /// <summary>Maps a file, interprets its pickle and checks every tensor against its storage.</summary>
    /// <exception cref="BadInputException">
    /// The file cannot be read, is no such archive, is malformed, names a callable that no state dict needs, or holds no dict of tensors.
    /// </exception>
    public static TorchArchive Open(string path)
    {
        var file = MappedFile.Open(path);
        try
        {
            return new TorchArchive(file, Read(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    static StateDict Read(MappedFile file)
    {
        var errors = new TorchErrors(file.Path);
        CheckKind(file, errors);
        var records = ZipRecords.Read(file, errors);
        var top = TopFolder(records.Keys, errors);
        if (records.ContainsKey($"{top}/constants.pkl")) throw errors.Script();
        if (Text($"{top}/byteorder") is { } order && order != "little") throw errors.BigEndian(order);
        if (Text($"{top}/version") is { } version
            && !(int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 10))
            throw errors.Version(version);

        var record = records[$"{top}/data.pkl"];
        if (record.Length > LargestPickle) throw errors.PickleTooLarge(record.Length, LargestPickle);
        var pickle = new byte[record.Length];
        file.ReadBytes(record.Start, pickle);
        var data = $"{top}/data/";
        var storages = records
            .Where(r => r.Key.StartsWith(data, StringComparison.Ordinal))
            .ToDictionary(r => r.Key[data.Length..], r => r.Value);
        return StateDict.Of(StateDictPickle.Load(pickle, new TensorRebuilder(storages, errors), errors), file, errors);

        string? Text(string name)
        {
            if (!records.TryGetValue(name, out var found)) return null;
            var bytes = new byte[Math.Min(found.Length, 64)];
            file.ReadBytes(found.Start, bytes);
            return Encoding.Latin1.GetString(bytes).Trim();
        }
    }

    /// <summary>Tells the forms that are not zip archives apart, for the message's sake.</summary>
    static void CheckKind(MappedFile file, TorchErrors errors)
    {
        Span<byte> start = stackalloc byte[(int)Math.Min(file.Length, 512)];
        file.ReadBytes(0, start);
        if (start.StartsWith("PK\u0003\u0004"u8)) return;
        // The magic number of torch.save before 1.6, as a pickled integer.
        if (start.Length > 14 && start[0] == 0x80 && start[2..].StartsWith((ReadOnlySpan<byte>)[0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9]))
            throw errors.Legacy();
        if (start.Length == 512 && start[257..].StartsWith("ustar"u8)) throw errors.Tar();
        if (start.StartsWith("version https://git-lfs"u8)) throw FileErrors.LfsPointer(file.Path);
        throw errors.NotZip();
    }

    static string TopFolder(IEnumerable<string> names, TorchErrors errors)
    {
        var tops = names.Where(name => name.IndexOf('/') is > 0 and var slash && name[slash..] == "/data.pkl").ToList();
        return tops.Count switch
        {
            1 => tops[0][..tops[0].IndexOf('/')],
            0 => throw errors.NoPickle(),
            _ => throw errors.SeveralPickles(),
        };
    }

    /// <summary>Closes the file; its tensors cannot be read any more.</summary>
    public void Dispose() => _file.Dispose();
}
