using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Experiments.Reports;

/// <summary>Which page to make or to check.</summary>
public sealed record ResultsPageOptions
{
    /// <summary>The folder of the reports.</summary>
    public required string Folder { get; init; }

    /// <summary>The page; null for results.md beside the folder.</summary>
    public string? Output { get; init; }

    /// <summary>Whether to write nothing and say whether the page is what the reports give.</summary>
    public bool Check { get; init; }

    /// <summary>Whether a file may be replaced that is no such page.</summary>
    public bool Force { get; init; }
}

/// <summary>What was done.</summary>
/// <param name="Output">The page.</param>
/// <param name="Reports">How many reports it is made from.</param>
/// <param name="Claims">How many claims they speak of.</param>
/// <param name="UpToDate">Whether the page was there and as it should be, before anything was written.</param>
public sealed record ResultsPageResult(string Output, int Reports, int Claims, bool UpToDate);

/// <summary>Makes docs/results.md from docs/results, or checks that it is what they give.</summary>
public static class ResultsPageJob
{
    /// <summary>Reads the reports, and writes the page if it is not up to date and not only checked.</summary>
    /// <exception cref="BadInputException">A folder without reports, or a file in it that is no report.</exception>
    /// <exception cref="BadUsageException">The output exists and is no such page, or cannot be written.</exception>
    public static ResultsPageResult Run(ResultsPageOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Folder));
        var output = options.Output ?? Path.Combine(Path.GetDirectoryName(folder) ?? folder, "results.md");
        if (Directory.Exists(output)) throw new BadUsageException($"{output} is a folder. Name a file to write to.");
        var reports = ReportFolder.Read(folder);
        var from = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(output))!, folder).Replace('\\', '/');
        var text = ResultsPage.Make(reports, from, name => File.Exists(Path.Combine(folder, name)));
        // A checkout may have turned line ends into the system's own.
        var old = File.Exists(output) ? File.ReadAllText(output).ReplaceLineEndings("\n") : null;
        if (!options.Check && old != text)
        {
            if (old is not null && !options.Force && !old.StartsWith(ResultsPage.Marker, StringComparison.Ordinal))
                throw new BadUsageException(
                    $"{output} exists and was not made by ffsplit report. Choose another file, or replace it with --force.");
            AtomicFile.WriteAllText(output, text);
        }
        return new ResultsPageResult(output, reports.Count,
            reports.SelectMany(report => report.Findings).Select(finding => finding.Claim).Distinct().Count(), old == text);
    }
}
