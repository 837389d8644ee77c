using System.Text.Json;

namespace FFSplit.Checkpoints.Files;

/// <summary>The <c>….index.json</c> of a sharded checkpoint: which shard holds which tensor.</summary>
sealed record WeightIndex(string Path, long Length, IReadOnlyDictionary<string, string> ShardOf)
{
    const long LargestIndex = 100_000_000;

    /// <summary>Names of the shards in order.</summary>
    public IReadOnlyList<string> Shards => [.. ShardOf.Values.Distinct().Order(StringComparer.Ordinal)];

    /// <exception cref="BadInputException">The index is malformed, names a tensor twice, or a shard outside the folder.</exception>
    public static WeightIndex Read(string path)
    {
        var bytes = FileErrors.ReadWhole(path, LargestIndex);
        if (bytes.AsSpan().StartsWith("version https://git-lfs"u8)) throw FileErrors.LfsPointer(path);
        try
        {
            using var json = JsonDocument.Parse(bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object) throw WeightFolderErrors.NoWeightMap(path);
            // A second map would be hidden by a look-up.
            var maps = json.RootElement.EnumerateObject().Where(p => p.NameEquals("weight_map")).Select(p => p.Value).ToList();
            if (maps is not [{ ValueKind: JsonValueKind.Object } map]) throw WeightFolderErrors.NoWeightMap(path);
            Dictionary<string, string> shardOf = new(StringComparer.Ordinal);
            foreach (var entry in map.EnumerateObject())
            {
                if (entry.Value.ValueKind != JsonValueKind.String) throw WeightFolderErrors.NoShardName(path, entry.Name);
                var shard = entry.Value.GetString()!;
                if (!IsPlainName(shard, path)) throw WeightFolderErrors.ShardPath(path, shard);
                if (!shardOf.TryAdd(entry.Name, shard)) throw WeightFolderErrors.NamedTwice(path, entry.Name);
            }
            if (shardOf.Count == 0) throw WeightFolderErrors.NoWeightMap(path);
            return new WeightIndex(path, bytes.Length, shardOf);
        }
        // The second is what an escaped half of a surrogate pair in a name brings.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw FileErrors.NotJson(path, e);
        }
    }

    /// <summary>
    /// A shard lies beside its index and is of the index's kind; nothing else in the file system is opened for a stranger's file.
    /// </summary>
    static bool IsPlainName(string shard, string index)
        => shard.IndexOfAny(['/', '\\', ':', '\0']) < 0
        && shard.EndsWith(index.EndsWith(".bin.index.json", StringComparison.Ordinal) ? ".bin" : ".safetensors", StringComparison.Ordinal);
}
