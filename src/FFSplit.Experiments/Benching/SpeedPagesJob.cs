using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;

namespace FFSplit.Experiments.Benching;

/// <summary>Which pages to fill with measurements or to check.</summary>
public sealed record SpeedPagesOptions
{
    /// <summary>The folder below which the folders of measurements are that pages name.</summary>
    public required string Folder { get; init; }

    /// <summary>Markdown files with places for measurements.</summary>
    public required IReadOnlyList<string> Pages { get; init; }

    /// <summary>Whether to write nothing and say whether the pages are what the measurements give.</summary>
    public bool Check { get; init; }
}

/// <summary>What was done with a page.</summary>
/// <param name="Page">The file.</param>
/// <param name="Regions">Places in it that measurements fill.</param>
/// <param name="UpToDate">Whether these were as they should be, before anything was written.</param>
public sealed record SpeedPage(string Page, int Regions, bool UpToDate);

/// <summary>What was done.</summary>
/// <param name="Pages">In the order given.</param>
public sealed record SpeedPagesResult(IReadOnlyList<SpeedPage> Pages)
{
    /// <summary>Whether all were as they should be.</summary>
    public bool UpToDate => Pages.All(p => p.UpToDate);
}

/// <summary>Puts the speed tables made from bench/results into the pages that show them, or checks that they are there.</summary>
public static class SpeedPagesJob
{
    /// <summary>Reads the measurements that the pages name, and writes each page that is stale, unless they are only checked.</summary>
    /// <exception cref="BadInputException">A page without places for measurements, or measurements that cannot be read.</exception>
    public static SpeedPagesResult Run(SpeedPagesOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        // All are made before the first is written.
        var pages = options.Pages.Select(page =>
        {
            if (!File.Exists(page))
                throw new BadInputException(page, "a Markdown file", "nothing there", "Name a page that is to show measurements.");
            // A checkout may have turned line ends into the system's own.
            var old = File.ReadAllText(page).ReplaceLineEndings("\n");
            var (text, regions) = SpeedRegions.Fill(old, page, folder => BenchFolder.Read(Path.Combine(options.Folder, folder)));
            return (Text: text, Result: new SpeedPage(page, regions, old == text));
        }).ToArray();
        if (!options.Check)
            foreach (var (text, result) in pages)
                if (!result.UpToDate) AtomicFile.WriteAllText(result.Page, text);
        return new SpeedPagesResult([.. pages.Select(p => p.Result)]);
    }
}
