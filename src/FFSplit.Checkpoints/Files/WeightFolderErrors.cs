namespace FFSplit.Checkpoints.Files;

/// <summary>Refusals of folders whose weights are missing or contradict their index.</summary>
static class WeightFolderErrors
{
    const string Again = "Download the folder again, with all shards.";

    static readonly (string Ending, string Kind)[] Unread =
    [
        (".h5", "TensorFlow weights"),
        (".msgpack", "Flax weights"),
        (".gguf", "GGUF weights"),
        (".onnx", "an ONNX model"),
        (".ot", "Rust weights"),
    ];

    public static BadInputException Exported(string folder) => new(
        folder, "a checkpoint with weights in safetensors or PyTorch form", "an exported model",
        "Name the folder that it was exported from; evaluate, bench, run, embed and generate take exported ones.");

    public static BadInputException NoWeights(string folder, IEnumerable<string> looked)
    {
        var files = Directory.EnumerateFiles(folder).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal).ToList();
        var unread = Unread
            .SelectMany(u => files.Where(f => Ends(f, u.Ending)).Select(f => $"{u.Kind} ({FileErrors.Shown(f)})"))
            .Concat(files.Where(f => Ends(f, ".safetensors")).Select(f => $"safetensors of another name ({FileErrors.Shown(f)})"))
            .Take(3).ToList();
        return new(
            folder,
            string.Join(" or ", looked),
            unread.Count == 0 ? "none of them" : $"only {string.Join(", ", unread)}",
            "Name a folder with weights in safetensors or PyTorch form, or convert them first.");

        static bool Ends(string file, string ending) => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase);
    }

    public static BadInputException NoWeightMap(string index)
        => new(index, "one object 'weight_map' that names a shard for each tensor", "no such object", Again);

    public static BadInputException NoShardName(string index, string tensor)
        => new($"{index}, tensor '{FileErrors.Shown(tensor)}'", "the name of a shard", "another kind of value", Again);

    public static BadInputException ShardPath(string index, string shard) => new(
        index,
        "shards that lie beside it, of its own kind",
        $"'{FileErrors.Shown(shard)}'",
        "Do not use this folder unless you know who made it; an index must not lead elsewhere.");

    public static BadInputException NamedTwice(string index, string tensor)
        => new($"{index}, tensor '{FileErrors.Shown(tensor)}'", "one shard", "two entries", Again);

    public static BadInputException NoShard(string index, string shard)
        => new(index, $"the shard {FileErrors.Shown(shard)} beside it", "no such file", Again);

    public static BadInputException TwoShards(string folder, string tensor, string first, string second)
        => new($"{folder}, tensor '{FileErrors.Shown(tensor)}'", "one shard that holds it", $"{first} and {second}", Again);

    public static BadInputException NotInShard(string shard, string tensor)
        => new($"{shard}, tensor '{FileErrors.Shown(tensor)}'", "it in this shard, as the index promises", "no such tensor in it", Again);
}
