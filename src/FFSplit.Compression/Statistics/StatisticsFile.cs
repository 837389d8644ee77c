using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Safetensors;
using FFSplit.Checkpoints.Tensors;

namespace FFSplit.Compression.Statistics;

/// <summary>Keeps neuron statistics in a safetensors file: float64 sums and counts per half and layer, the source as metadata.</summary>
public static class StatisticsFile
{
    const string Format = "ffsplit-statistics";
    const string Version = "1";
    const string Remedy = "Collect statistics with 'ffsplit analyze MODEL --data … -o FILE'.";

    /// <summary>Writes a file, atomically.</summary>
    public static void Save(NeuronStatistics statistics, string path) => SafetensorsWriter.Write(path, Tensors(statistics), new Dictionary<string, string>
    {
        ["format"] = Format,
        ["version"] = Version,
        ["model"] = statistics.Source.Model,
        ["model_hash"] = statistics.Source.ModelHash,
        ["data"] = statistics.Source.Data,
        ["seed"] = statistics.Source.Seed.ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadInputException">Not a statistics file, of a newer format, or incomplete.</exception>
    public static NeuronStatistics Load(string path)
    {
        using var file = SafetensorsFile.Open(path);
        var metadata = file.Metadata;
        if (metadata.GetValueOrDefault("format") != Format) throw new BadInputException(path, "a statistics file", "another safetensors file", Remedy);
        if (metadata.GetValueOrDefault("version") != Version)
            throw new BadInputException($"{path}, version", Version, metadata.GetValueOrDefault("version", "none"), "Use the version of ffsplit that wrote the file.");
        var source = new StatisticsSource(metadata.GetValueOrDefault("model", ""), metadata.GetValueOrDefault("model_hash", ""),
            metadata.GetValueOrDefault("data", ""), long.TryParse(metadata.GetValueOrDefault("seed"), CultureInfo.InvariantCulture, out var seed) ? seed : 0);
        return new NeuronStatistics(source, Half("first"), Half("second"));

        StatisticsHalf Half(string half)
        {
            var layers = new List<LayerStatistics>();
            while (file.Tensors.ContainsKey(Name(half, layers.Count, "sum")))
            {
                var i = layers.Count;
                var squares = Find(half, i, "sum_of_squares").ReadDoubles();
                layers.Add(new LayerStatistics(Column("sum", t => t.ReadDoubles()), squares, Column("active", t => t.ReadInt64s()), Column("top_quarter", t => t.ReadInt64s())));

                T[] Column<T>(string column, Func<TensorData, T[]> read)
                {
                    var values = read(Find(half, i, column));
                    return values.Length == squares.Length ? values
                        : throw new BadInputException($"{path}, tensor '{Name(half, i, column)}'", $"{squares.Length} values", $"{values.Length}", Remedy);
                }
            }
            return new StatisticsHalf(Find($"{half}.tokens").ReadInt64s()[0], layers);
        }

        TensorData Find(params ReadOnlySpan<object> parts)
        {
            var name = parts.Length == 1 ? (string)parts[0] : Name((string)parts[0], (int)parts[1], (string)parts[2]);
            return file.Tensors.TryGetValue(name, out var tensor) ? tensor : throw new BadInputException($"{path}, tensor '{name}'", "one", "none", Remedy);
        }
    }

    /// <summary>Hash of the numbers, "sha256:…".</summary>
    public static string Hash(NeuronStatistics statistics)
    {
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        foreach (var tensor in Tensors(statistics).OrderBy(t => t.Name, StringComparer.Ordinal))
        {
            var bytes = new byte[tensor.ByteCount];
            tensor.ReadBytes(0, bytes);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(tensor.Name));
            hash.AppendData(bytes);
        }
        return "sha256:" + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Holds statistics against the model that they are to be used for.</summary>
    /// <exception cref="BadInputException">They were collected on another model.</exception>
    public static void CheckFits(NeuronStatistics statistics, Checkpoint checkpoint)
    {
        if (statistics.Source.ModelHash != checkpoint.Weights.Hash || statistics.Whole.Layers.Count != checkpoint.Architecture.Blocks.Count)
            throw new BadInputException("The statistics", $"statistics of the weights in {checkpoint.Folder}", $"those of {statistics.Source.Model} ({statistics.Whole.Layers.Count} layers)", Remedy);
    }

    static IEnumerable<TensorData> Tensors(NeuronStatistics statistics)
    {
        foreach (var (half, values) in new[] { ("first", statistics.First), ("second", statistics.Second) })
        {
            yield return MemoryTensor.Of($"{half}.tokens", [1], [values.Tokens]);
            for (var i = 0; i < values.Layers.Count; i++)
            {
                var layer = values.Layers[i];
                long[] shape = [layer.Neurons];
                yield return MemoryTensor.Of(Name(half, i, "sum"), shape, layer.Sum);
                yield return MemoryTensor.Of(Name(half, i, "sum_of_squares"), shape, layer.SumOfSquares);
                yield return MemoryTensor.Of(Name(half, i, "active"), shape, layer.Active);
                yield return MemoryTensor.Of(Name(half, i, "top_quarter"), shape, layer.TopQuarter);
            }
        }
    }

    static string Name(string half, int layer, string column) => $"{half}.layer.{layer}.{column}";
}
