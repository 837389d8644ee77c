using FFSplit.Compression.Demo;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>The demo on the terminal: the analysis, the methods side by side, what each model writes.</summary>
static class DemoView
{
    public static void Write(IAnsiConsole console, DemoReport report)
    {
        HeavyHitterView.Write(console, report.Analysis);
        SizesView.Line(console, "");
        SizesView.Line(console, "The methods at equal size");
        var table = Tables.New();
        Tables.Column(table, "model", right: false);
        foreach (var heading in (string[])["perplexity", "blocks", "weights", "compress", "evaluate"]) Tables.Column(table, heading);
        foreach (var row in report.Rows)
            Tables.Row(table, row.Name, Text.Number(row.Perplexity, 1),
                row.BlockReduction == 0 ? Text.Count(row.BlockParameters) : Text.Change(row.BlockReduction),
                Text.Bytes(row.Bytes), row.CompressSeconds == 0 ? "" : Text.Duration(row.CompressSeconds),
                    Text.Duration(row.EvaluateSeconds));
        console.Write(table);
        foreach (var row in report.Rows)
        {
            SizesView.Line(console, $"{row.Name} ({row.Description}) writes:");
            SizesView.Line(console, string.Join('\n', row.Paragraph.Split('\n').Select(line => "  " + line)));
            SizesView.Line(console, "");
        }
        SizesView.Line(console, report.Notice);
        SizesView.Line(console, $"The demo took {Text.Duration(report.Seconds)}.");
    }
}
