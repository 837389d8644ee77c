using FFSplit.Experiments.Reports;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>What an experiment found.</summary>
static class ReportView
{
    /// <param name="console">Where to.</param>
    /// <param name="report">What.</param>
    /// <param name="files">What was written, the report first.</param>
    public static void Write(IAnsiConsole console, ExperimentReport report, IReadOnlyList<string> files)
    {
        SizesView.Line(console, report.Title);
        SizesView.Line(console, "");
        SizesView.Line(console, report.Paragraph);
        foreach (var table in report.Tables)
        {
            var drawn = Tables.New(table.Title);
            for (var i = 0; i < table.Columns.Count; i++) Tables.Column(drawn, table.Columns[i], right: i > 0);
            foreach (var row in table.Rows) Tables.Row(drawn, [.. row]);
            console.Write(drawn);
        }
        foreach (var finding in report.Findings)
            SizesView.Line(console, $"{finding.Verdict}: {finding.Claim.TrimEnd('.')} ({finding.Evidence.TrimEnd('.')}).");
        if (files.Count == 0) return;
        var pictures = files.Count - 1;
        SizesView.Line(console, $"Written to {files[0]}{(pictures == 0 ? "" : $" and {pictures} pictures beside it")}, in "
            + $"{Text.Duration(report.Seconds)}.");
    }
}
