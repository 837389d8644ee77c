using FFSplit.Checkpoints;
using FFSplit.Compression.Statistics;

namespace FFSplit.Compression.Jobs;

/// <summary>Which statistics to add up.</summary>
public sealed record MergeOptions
{
    /// <summary>Two or more statistics files of one model.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>The file to write.</summary>
    public required string Output { get; init; }

    /// <summary>Whether an existing <see cref="Output"/> may be replaced.</summary>
    public bool Force { get; init; }

    /// <summary>Checks what can be checked without reading the files.</summary>
    /// <exception cref="BadUsageException">Fewer than two files, or an output that exists.</exception>
    public void Validate()
    {
        if (Files.Count < 2)
            throw new BadUsageException($"merge: expected two or more statistics files, found {Files.Count}. Name all that are to be "
                + $"added up.");
        JobFiles.RefuseTwice(Files, "merge");
        JobFiles.Check(Output, Force);
    }
}

/// <summary>Merged statistics.</summary>
/// <param name="Output">The file.</param>
/// <param name="Model">The model's folder name.</param>
/// <param name="Data">All the data, in words.</param>
/// <param name="Tokens">Real tokens of all together.</param>
/// <param name="Layers">Blocks.</param>
/// <param name="Hash">Of the numbers.</param>
public sealed record MergeResult(string Output, string Model, string Data, long Tokens, int Layers, string Hash);

/// <summary>Adds up statistics that were collected separately.</summary>
public static class MergeJob
{
    /// <summary>Reads, adds and writes.</summary>
    /// <exception cref="BadInputException">A file that holds no statistics, or those of another model.</exception>
    public static MergeResult Run(MergeOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var merged = StatisticsFile.Load(options.Files[0]);
        foreach (var file in options.Files.Skip(1))
        {
            cancellation.ThrowIfCancellationRequested();
            var next = StatisticsFile.Load(file);
            if (next.Source.ModelHash != merged.Source.ModelHash)
                throw new BadInputException(file, $"statistics of the model of {options.Files[0]}, {merged.Source.Model} ({merged.Source.ModelHash})",
                    $"those of {next.Source.Model} ({next.Source.ModelHash})", "Merge only statistics that were collected on the same weights.");
            if (next.Whole.Layers.Count != merged.Whole.Layers.Count)
                throw new BadInputException(file, $"statistics of {merged.Whole.Layers.Count} layers", $"{next.Whole.Layers.Count}",
                    "Collect the statistics again.");
            merged = merged.Merge(next);
        }
        StatisticsFile.Save(merged, options.Output);
        return new MergeResult(options.Output, merged.Source.Model, merged.Source.Data, merged.Whole.Tokens, merged.Whole.Layers.Count,
            StatisticsFile.Hash(merged));
    }
}
