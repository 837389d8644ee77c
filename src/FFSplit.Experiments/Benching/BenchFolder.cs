using System.Text.Json;
using FFSplit.Checkpoints;

namespace FFSplit.Experiments.Benching;

/// <summary>A folder of what ffsplit bench --json wrote about the same models: a file for each shape and number of threads.</summary>
static class BenchFolder
{
    const string Remedy = "Let the folder hold what ffsplit bench --json wrote about the same models, and nothing else that ends in .json.";

    /// <summary>Reads all of it; large batches first, decoding last.</summary>
    /// <exception cref="BadInputException">No folder, nothing in it, a file that is something else, or of other models.</exception>
    public static IReadOnlyList<BenchResult> Read(string folder)
    {
        string[] paths = Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)] : [];
        if (paths.Length == 0)
            throw new BadInputException(folder, "a folder with measurements",
                Directory.Exists(folder) ? "no .json in it" : "no folder there", Remedy);
        var results = Array.ConvertAll(paths, Load);
        for (var i = 1; i < results.Length; i++)
            if (!Names(results[i]).SequenceEqual(Names(results[0])))
                throw new BadInputException(paths[i], $"the models of {Path.GetFileName(paths[0])}, {string.Join(", ", Names(results[0]))}",
                    string.Join(", ", Names(results[i])), Remedy);
        return [.. results.OrderBy(r => r.Decode).ThenByDescending(r => r.Batch * r.Length).ThenByDescending(r => r.Batch)
            .ThenBy(r => r.Machine.Threads).ThenBy(r => r.Spinning)];
    }

    static IEnumerable<string> Names(BenchResult result) => result.Rows.Select(r => r.Name);

    static BenchResult Load(string path)
    {
        try
        {
            var result = JsonSerializer.Deserialize(File.ReadAllText(path), BenchJson.Default.BenchResult);
            return result is { Machine: not null, Rows.Count: > 0 } ? result
                : throw new BadInputException(path, "a machine and models", "not both", Remedy);
        }
        catch (JsonException exception)
        {
            throw new BadInputException(path, "what ffsplit bench --json writes", exception.Message, Remedy, exception);
        }
    }
}
