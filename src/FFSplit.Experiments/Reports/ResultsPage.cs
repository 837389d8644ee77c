using System.Globalization;

namespace FFSplit.Experiments.Reports;

/// <summary>The page that tells what the experiments found: first each claim in a sentence, then each report.</summary>
public static class ResultsPage
{
    /// <summary>What each such page begins with.</summary>
    internal const string Marker = "<!-- Made by ffsplit report. -->";

    static readonly string[] s_verdicts = ["yes", "no", "undecided"];

    /// <summary>Makes the Markdown text. The same reports always give the same text.</summary>
    /// <param name="reports">In the order of the page, as <see cref="ReportFolder.Read"/> gives them.</param>
    /// <param name="folder">Where their files are, seen from the page, with forward slashes: "results".</param>
    /// <param name="exists">Whether that folder holds a file of this name; pictures that it lacks are left out.</param>
    public static string Make(IReadOnlyList<ExperimentReport> reports, string folder, Func<string, bool> exists)
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentNullException.ThrowIfNull(exists);
        List<string> blocks =
        [
            Marker,
            "# Results",
            $"Made from the reports in [{folder}]({folder}/) by `ffsplit report {folder}`, run beside this page. Do not edit it: what is "
                + "wrong here is to be put right in the experiment.",
            "a ± b is a mean with the standard deviation (n − 1) over the seeds, which the last line of each section names. A model without the task's "
                + "head was first fine-tuned on the task's training data: it is the dense model of that section.",
            .. Claims(reports),
            .. CompareOverview.Blocks(reports),
            .. reports.SelectMany(report => Section(report, folder, exists)),
        ];
        return string.Join("\n\n", blocks) + "\n";
    }

    static IEnumerable<string> Claims(IReadOnlyList<ExperimentReport> reports)
    {
        var claims = reports.SelectMany(report => report.Findings).GroupBy(finding => finding.Claim).ToArray();
        return claims.Length == 0 ? [] : ["## What was found", "Where models are compared over several seeds, yes and no mean in each of them, and undecided that they differ.", string.Join('\n', claims.Select(group => Claim(group.Key, [.. group])))];
    }

    // The sentence counts what each report says; the figures stand below it.
    static string Claim(string claim, IReadOnlyList<Finding> findings)
    {
        var verdicts = findings.GroupBy(finding => finding.Verdict).OrderBy(group => Array.IndexOf(s_verdicts, group.Key)).ToArray();
        var counted = (verdicts.Length, findings.Count) switch
        {
            (1, 1) => verdicts[0].Key,
            (1, var all) => $"{verdicts[0].Key} on all {all}",
            _ => string.Join(", ", verdicts.Select(group => $"{group.Key} on {group.Count()}")),
        };
        return string.Join('\n',
        [
            $"- {Markdown.Text(claim).TrimEnd('.')}: **{counted}**.",
            .. verdicts.SelectMany(group => group.Select(f => $"  - {f.Verdict}: {Markdown.Text(f.Evidence).TrimEnd('.')}")),
        ]);
    }

    static IEnumerable<string> Section(ExperimentReport report, string folder, Func<string, bool> exists)
    {
        yield return $"## {Markdown.Text(report.Title)}";
        foreach (var paragraph in report.Paragraph.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
            yield return Markdown.Text(paragraph);
        foreach (var table in report.Tables)
        {
            yield return $"**{Markdown.Text(table.Title)}**";
            yield return string.Join('\n', Markdown.Table(table));
        }
        foreach (var chart in report.Charts)
        {
            var stem = ReportFolder.Stem(report, chart);
            if (!exists(stem + ".png")) continue;
            var picture = $"![{Markdown.Text(chart.Title)}]({folder}/{stem}.png)";
            yield return exists(stem + ".svg") ? $"[{picture}]({folder}/{stem}.svg)" : picture;
        }
        if (report.Notices.Count > 0) yield return string.Join('\n', report.Notices.Select(notice => $"- Note: {Markdown.Text(notice)}"));
        yield return Origin(report, folder);
    }

    static string Origin(ExperimentReport report, string folder)
    {
        var machine = report.Machine;
        string[] parts =
        [
            $"{machine.Processor}, {Count(machine.Cores, "core")}, {Count(machine.Threads, "thread")}, {machine.System}",
            report.Date,
            report.Seeds.Count == 1 ? $"seed {report.Seeds[0]}" : $"seeds {string.Join(", ", report.Seeds)}",
            Durations.Format(report.Seconds),
            $"ffsplit {report.ToolVersion}",
        ];
        return $"<sub>{string.Join("; ", parts.Select(Markdown.Text))}; `{report.Command}`; "
            + $"[JSON]({folder}/{ReportFolder.Stem(report)}.json)</sub>";
    }

    static string Count(int number, string noun)
        => string.Create(CultureInfo.InvariantCulture, $"{number} {noun}{(number == 1 ? "" : "s")}");
}
