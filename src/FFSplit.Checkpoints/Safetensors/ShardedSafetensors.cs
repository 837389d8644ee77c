using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FFSplit.Checkpoints.Files;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Checkpoints.Safetensors;

/// <summary>Writes a checkpoint as one safetensors file, or as several with an index, as the hub lays them out.</summary>
public static class ShardedSafetensors
{
    /// <summary>Bytes of tensors in a shard, unless told otherwise: the hub's 5 GB.</summary>
    public const long DefaultShardBytes = 5_000_000_000;

    /// <summary>
    /// Writes <c>BASE.safetensors</c> where one shard suffices, else <c>BASE-00001-of-0000N.safetensors</c> … and
    /// <c>BASE.safetensors.index.json</c>. Shards that an earlier call left under the same base name are removed.
    /// </summary>
    /// <param name="folder">An existing folder; give an <see cref="AtomicFolder"/>'s to have all shards or none.</param>
    /// <param name="baseName">For instance <c>model</c> or <c>ffsplit</c>.</param>
    /// <param name="tensors">Tensors with names of their own; dealt out in the order of their names, so that the bytes do not depend on
    /// theirs.</param>
    /// <param name="maxShardBytes">Bytes of tensors that a shard holds at most; a larger tensor gets one to itself.</param>
    /// <param name="metadata">Metadata of every shard.</param>
    /// <returns>Names of the files, shards first.</returns>
    /// <exception cref="ArgumentException">Two tensors have one name.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static IReadOnlyList<string> Write(
        string folder,
        string baseName,
        IEnumerable<TensorData> tensors,
        long maxShardBytes = DefaultShardBytes,
        IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(baseName);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxShardBytes);
        var shards = Deal(tensors, maxShardBytes);
        List<string> written = [];
        for (var i = 0; i < shards.Count; i++)
        {
            var name = shards.Count == 1 ? $"{baseName}.safetensors" : $"{baseName}-{i + 1:d5}-of-{shards.Count:d5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, name), shards[i], metadata);
            written.Add(name);
        }
        if (shards.Count > 1)
        {
            var index = $"{baseName}.safetensors.index.json";
            var json = Index(shards, written);
            AtomicFile.Write(Path.Combine(folder, index), stream => stream.Write(json), json.Length);
            written.Add(index);
        }
        RemoveOthers(folder, baseName, written);
        return written;
    }

    static List<List<TensorData>> Deal(IEnumerable<TensorData> tensors, long maxShardBytes)
    {
        var sorted = tensors.ToList();
        sorted.Sort((a, b) => SafetensorsWriter.CompareNames(a.Name, b.Name));
        for (var i = 1; i < sorted.Count; i++)
            if (sorted[i].Name == sorted[i - 1].Name)
                throw new ArgumentException($"Two tensors are called '{sorted[i].Name}'.", nameof(tensors));
        List<List<TensorData>> shards = [[]];
        long filled = 0;
        foreach (var tensor in sorted)
        {
            if (shards[^1].Count > 0 && tensor.ByteCount > maxShardBytes - filled)
            {
                shards.Add([]);
                filled = 0;
            }
            shards[^1].Add(tensor);
            filled += tensor.ByteCount;
        }
        return shards;
    }

    static byte[] Index(List<List<TensorData>> shards, List<string> names)
    {
        using var buffer = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using (var json = new Utf8JsonWriter(buffer, options))
        {
            json.WriteStartObject();
            json.WriteStartObject("metadata");
            json.WriteNumber("total_size", shards.Sum(shard => shard.Sum(tensor => tensor.ByteCount)));
            json.WriteEndObject();
            json.WriteStartObject("weight_map");
            // Shards follow each other in the order of names, so the map is sorted too.
            for (var i = 0; i < shards.Count; i++)
                foreach (var tensor in shards[i]) json.WriteString(tensor.Name, names[i]);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        buffer.Write(Encoding.UTF8.GetBytes("\n"));
        return buffer.ToArray();
    }

    /// <summary>A reader would prefer an old single file to new shards, or mix the shards of two runs.</summary>
    static void RemoveOthers(string folder, string baseName, List<string> written)
    {
        foreach (var path in Directory.EnumerateFiles(folder, $"{baseName}*").ToList())
        {
            var name = Path.GetFileName(path);
            if (!written.Contains(name) && WeightNames.IsShardOf(name, baseName, ".safetensors")) File.Delete(path);
        }
    }
}
