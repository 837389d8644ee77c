using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Files;
using FFSplit.Experiments.Plots;

namespace FFSplit.Experiments.Reports;

/// <summary>A folder of reports with their pictures, such as docs/results.</summary>
public static class ReportFolder
{
    // As the paper tells it: what there is to find, what it is good for, what it costs.
    static readonly string[] Order = ["heavy-hitters", "ablate", "compare", "sweep", "transfer", "latency", "throughput"];

    /// <summary>Names of a report's files begin with it: experiment, model and task, as in "ablate-all-MiniLM-L6-v2-sst2".</summary>
    public static string Stem(ExperimentReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return string.Join('-', new[] { report.Experiment, report.Model, report.Task }.Select(SafeName.Of));
    }

    /// <summary>The name of a chart's file without its extension: the report's stem and the chart's name.</summary>
    public static string Stem(ExperimentReport report, Chart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        return $"{Stem(report)}-{chart.Name}";
    }

    /// <summary>
    /// Writes a report as JSON, and each of its charts as PNG and SVG beside it, replacing older ones; each file whole or not at all.
    /// </summary>
    /// <returns>The files, that of the report first.</returns>
    /// <exception cref="ArgumentException">The report is malformed.</exception>
    /// <exception cref="BadUsageException">The folder cannot be written to.</exception>
    /// <exception cref="MachineLimitException">The disk is full.</exception>
    public static IReadOnlyList<string> Write(ExperimentReport report, string folder)
    {
        var json = ReportFile.Format(report);
        List<string> files = [Path.Combine(folder, Stem(report) + ".json")];
        foreach (var chart in report.Charts)
        {
            var stem = Path.Combine(folder, Stem(report, chart));
            var png = ChartWriter.Png(chart);
            AtomicFile.Write(stem + ".png", stream => stream.Write(png), png.Length);
            AtomicFile.WriteAllText(stem + ".svg", ChartWriter.Svg(chart));
            files.AddRange([stem + ".png", stem + ".svg"]);
        }
        // Last, so that a report that is there has its pictures.
        AtomicFile.WriteAllText(files[0], json);
        return files;
    }

    /// <summary>Reads every report of a folder, in the order in which they are shown: by experiment, model, task.</summary>
    /// <exception cref="BadInputException">No folder or no report in it, a file that is no report, or one under another's name.</exception>
    public static IReadOnlyList<ExperimentReport> Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new BadInputException(folder, "a folder of reports", File.Exists(folder) ? "a file" : "nothing",
                "Name the folder that ffsplit experiment writes to.");
        ExperimentReport[] reports = [.. Directory.EnumerateFiles(folder, "*.json")
            // Hidden files are what a killed run left.
            .Where(path => !Path.GetFileName(path).StartsWith('.')).Order(StringComparer.Ordinal).Select(ReadNamed)];
        if (reports.Length == 0)
            throw new BadInputException(folder, "at least one report (*.json)", "none", "Make one with ffsplit experiment.");
        return [.. reports.OrderBy(Rank).ThenBy(r => r.Experiment, StringComparer.Ordinal).ThenBy(r => r.Model, StringComparer.Ordinal)
            .ThenBy(r => r.Task, StringComparer.Ordinal)];
    }

    // So no two files can hold the same experiment, and links can be made from the report alone.
    static ExperimentReport ReadNamed(string path)
    {
        var report = ReportFile.Read(path);
        var name = Stem(report) + ".json";
        return Path.GetFileName(path) == name ? report
            : throw new BadInputException(path, $"the name {name}, after what it holds", Path.GetFileName(path), "Rename or remove it.");
    }

    static int Rank(ExperimentReport report) => Array.IndexOf(Order, report.Experiment) is >= 0 and var index ? index : Order.Length;
}
