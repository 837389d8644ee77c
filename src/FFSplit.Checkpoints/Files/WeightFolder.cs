using System.Collections.Frozen;
using FFSplit.Checkpoints.Exports;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;
using FFSplit.Checkpoints.TorchPickles;

namespace FFSplit.Checkpoints.Files;

/// <summary>
/// The weights of a Hugging Face folder, whatever files they lie in: <c>model.safetensors</c>, its shards with
/// <c>model.safetensors.index.json</c>, <c>pytorch_model.bin</c>, or its shards with <c>pytorch_model.bin.index.json</c>; the first of
/// these that is there.
/// </summary>
/// <remarks>The files are mapped into memory; the tensors can be read until the folder is disposed.</remarks>
public sealed class WeightFolder : IDisposable
{
    readonly List<IDisposable> _files;
    readonly Lazy<string> _hash;

    WeightFolder(
        string path,
        List<IDisposable> files,
        IReadOnlyDictionary<string, TensorData> tensors,
        IReadOnlyList<string> names,
        long size,
        IReadOnlyDictionary<string, string> metadata)
    {
        (Path, _files, Tensors, FileNames, SizeOnDisk, Metadata) = (path, files, tensors, names, size, metadata);
        _hash = new Lazy<string>(() => TensorHash.Of(Tensors.Values));
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>All tensors by name, those of all shards together.</summary>
    public IReadOnlyDictionary<string, TensorData> Tensors { get; }

    /// <summary>Names of the files that were read, the index included.</summary>
    public IReadOnlyList<string> FileNames { get; }

    /// <summary>Bytes of <see cref="FileNames"/> together.</summary>
    public long SizeOnDisk { get; }

    /// <summary>The <c>__metadata__</c> of the first safetensors file, empty for torch files.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>
    /// SHA-256 over the tensors' names, types, shapes and bytes, after <c>sha256:</c>; the same for the same weights in another
    /// file format or other shards. Reads all weights when first asked for.
    /// </summary>
    public string Hash => _hash.Value;

    /// <summary>Finds and opens a folder's weights.</summary>
    /// <param name="folder">A model folder.</param>
    /// <param name="baseName"><c>model</c>, or <c>ffsplit</c> for a split checkpoint; torch's files are looked for only with the
    /// first.</param>
    /// <exception cref="BadInputException">There is no such folder or no weights in it, an index and its shards disagree, or a file is not
    /// as it should be.</exception>
    public static WeightFolder Open(string folder, string baseName = "model")
    {
        ArgumentException.ThrowIfNullOrEmpty(baseName);
        if (!Directory.Exists(folder))
            throw new BadInputException(
                folder,
                "a model folder",
                File.Exists(folder) ? "a file" : "nothing at that path",
                "Name the folder that holds config.json and the weights.");
        if (ExportRecord.IsIn(folder)) throw WeightFolderErrors.Exported(folder);
        var candidates = Candidates(baseName);
        var found = candidates.FirstOrDefault(name => File.Exists(System.IO.Path.Combine(folder, name)))
            ?? throw WeightFolderErrors.NoWeights(folder, candidates);
        var sharded = found.EndsWith(".index.json", StringComparison.Ordinal);
        var index = sharded ? WeightIndex.Read(System.IO.Path.Combine(folder, found)) : null;
        return Open(folder, index?.Shards ?? [found], index);
    }

    /// <summary>
    /// Whether a file of a model folder holds weights in any format, an index of them, or state that only training needs.
    /// The other files are what a new checkpoint of the same model takes over.
    /// </summary>
    /// <param name="fileName">A file's name or its path within the folder.</param>
    public static bool IsWeightFile(string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        return WeightNames.IsWeightFile(fileName);
    }

    static string[] Candidates(string baseName) =>
    [
        $"{baseName}.safetensors",
        $"{baseName}.safetensors.index.json",
        .. baseName == "model" ? (string[])["pytorch_model.bin", "pytorch_model.bin.index.json"] : [],
    ];

    static WeightFolder Open(string folder, IReadOnlyList<string> shards, WeightIndex? index)
    {
        List<IDisposable> files = [];
        try
        {
            Dictionary<string, TensorData> tensors = new(StringComparer.Ordinal);
            Dictionary<string, string> shardOf = new(StringComparer.Ordinal);
            IReadOnlyDictionary<string, string>? metadata = null;
            var size = index?.Length ?? 0;
            foreach (var shard in shards)
            {
                var path = System.IO.Path.Combine(folder, shard);
                if (index is not null && !File.Exists(path)) throw WeightFolderErrors.NoShard(index.Path, shard);
                IReadOnlyDictionary<string, TensorData> inShard;
                if (shard.EndsWith(".bin", StringComparison.Ordinal))
                {
                    var archive = TorchArchive.Open(path);
                    files.Add(archive);
                    (inShard, size) = (archive.Tensors, size + archive.Length);
                }
                else
                {
                    var file = SafetensorsFile.Open(path);
                    files.Add(file);
                    (inShard, size) = (file.Tensors, size + file.Length);
                    metadata ??= file.Metadata;
                }
                foreach (var (name, tensor) in inShard)
                {
                    if (!tensors.TryAdd(name, tensor)) throw WeightFolderErrors.TwoShards(folder, name, shardOf[name], shard);
                    shardOf.Add(name, shard);
                }
            }
            foreach (var (name, shard) in index?.ShardOf ?? FrozenDictionary<string, string>.Empty)
                if (shardOf.GetValueOrDefault(name) != shard)
                    throw WeightFolderErrors.NotInShard(System.IO.Path.Combine(folder, shard), name);
            List<string> names = [.. shards, .. index is null ? (string[])[] : [System.IO.Path.GetFileName(index.Path)]];
            return new WeightFolder(folder, files, tensors, names, size, metadata ?? FrozenDictionary<string, string>.Empty);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Closes the files; the tensors cannot be read any more.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());
}
