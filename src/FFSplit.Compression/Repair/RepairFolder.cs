using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Architectures;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Compression.Splitting;

namespace FFSplit.Compression.Repair;

/// <summary>
/// The folder of a repair that is not finished: one file for each block that the walk has passed, from which the writer, which goes by
/// names, takes them in the end. Each file is written whole or not at all and says what it was made from, so that the repair can go on
/// wherever the process was killed.
/// </summary>
sealed class RepairFolder : IDisposable
{
    const string Extension = ".safetensors", InputsKey = "inputs", ReportKey = "report", ErrorsKey = "errors";

    readonly IReadOnlyDictionary<string, string> _inputs;
    readonly bool _keep;

    /// <summary>Takes a folder; nothing is written yet.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="inputs">All that decides the repair's bytes, by the names of options, as text.</param>
    /// <param name="keep">Whether to go on with what is there, and to leave it there when the repair is broken off.</param>
    /// <exception cref="BadUsageException">What is there was made from something else; the message names it.</exception>
    /// <exception cref="BadInputException">What is there is no finished block.</exception>
    public RepairFolder(string path, IReadOnlyDictionary<string, string> inputs, bool keep)
    {
        (Path, _inputs, _keep) = (path, inputs, keep);
        if (!keep) Remove(path);
        if (!Directory.Exists(path)) return;
        foreach (var partial in Partial(path)) File.Delete(partial);
        foreach (var block in Blocks(path)) CheckInputs(block);
        Finished = Blocks(path).Count();
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Blocks that were there at the beginning.</summary>
    public int Finished { get; }

    /// <summary>Where the repair of an output lies until it is finished.</summary>
    public static string PathFor(string output)
        => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(output)) + ".repair";

    /// <summary>Removes a repair's files, and the folder if it held nothing else.</summary>
    public static void Remove(string path)
    {
        if (!Directory.Exists(path)) return;
        foreach (var file in Partial(path).Concat(Blocks(path))) File.Delete(file);
        if (!Directory.EnumerateFileSystemEntries(path).Any()) Directory.Delete(path);
    }

    /// <summary>Keeps a block.</summary>
    /// <exception cref="MachineLimitException">The disk is full; the blocks before are still there.</exception>
    public void Put(int block, RepairedBlock repaired)
    {
        Directory.CreateDirectory(Path);
        SafetensorsWriter.Write(FileOf(block), repaired.Split.Tensors.Values, new Dictionary<string, string>
        {
            [InputsKey] = JsonSerializer.Serialize(_inputs, RepairJson.Default.IReadOnlyDictionaryStringString),
            [ReportKey] = JsonSerializer.Serialize(repaired.Report, RepairJson.Default.LayerRepair),
            [ErrorsKey] = JsonSerializer.Serialize(repaired.Split.Errors, RepairJson.Default.IReadOnlyDictionaryStringDouble),
        });
    }

    /// <summary>A block that is kept; null where it is not.</summary>
    /// <param name="block">Its index.</param>
    /// <param name="split">The FFN that its tensors are of.</param>
    /// <exception cref="BadInputException">The file is damaged.</exception>
    public RepairedBlock? Find(int block, FeedForward split)
    {
        var path = FileOf(block);
        if (!File.Exists(path)) return null;
        using var file = Open(path);
        if (split.Bindings.Count() != file.Tensors.Count || !split.Bindings.All(b => file.Tensors.GetValueOrDefault(b.Name) is { } tensor
            && tensor.Shape.SequenceEqual(b.Shape.Select(length => (long)length)))) throw Damaged(path);
        var tensors = file.Tensors.Values.ToDictionary(t => t.Name, t =>
        {
            var bytes = new byte[t.ByteCount];
            t.ReadBytes(0, bytes);
            return new MemoryTensor(t.Name, t.Type, t.Shape, bytes);
        }, StringComparer.Ordinal);
        var errors = Metadata<Dictionary<string, double>>(file, path, ErrorsKey) ?? throw Damaged(path);
        return new RepairedBlock(new SplitTensors(tensors, errors), Metadata<LayerRepair>(file, path, ReportKey));
    }

    /// <summary>Removes the folder, when the output stands.</summary>
    public void Remove() => Remove(Path);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_keep) Remove();
    }

    void CheckInputs(string path)
    {
        using var file = Open(path);
        UnfinishedWork.RequireSame($"the unfinished repair in {Path}",
            Metadata<Dictionary<string, string>>(file, path, InputsKey) ?? throw Damaged(path), _inputs);
    }

    string FileOf(int block) => System.IO.Path.Combine(Path, block.ToString("D4", CultureInfo.InvariantCulture) + Extension);

    static IEnumerable<string> Blocks(string path) => Directory.EnumerateFiles(path, "????" + Extension).Order(StringComparer.Ordinal);

    // What a process was writing when it was killed; hidden, so that it must be asked for.
    static IEnumerable<string> Partial(string path) => Directory.EnumerateFiles(path, $".????{Extension}.tmp-*");

    static SafetensorsFile Open(string path)
    {
        try
        {
            return SafetensorsFile.Open(path);
        }
        catch (BadInputException e)
        {
            throw Damaged(path, e);
        }
    }

    static T? Metadata<T>(SafetensorsFile file, string path, string key) where T : class
    {
        try
        {
            return (T?)JsonSerializer.Deserialize(file.Metadata.GetValueOrDefault(key, ""), typeof(T), RepairJson.Default);
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
    }

    static BadInputException Damaged(string path, Exception? cause = null)
        => new(path, "a finished block of a repair", "a damaged one or something else", "Begin again with --restart.", cause);
}

[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(LayerRepair))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, double>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, double>))]
sealed partial class RepairJson : JsonSerializerContext;
