using System.Globalization;
using FFSplit.Experiments.Benching;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>Times side by side.</summary>
static class BenchView
{
    public static void Write(IAnsiConsole console, BenchResult result)
    {
        var table = Tables.New(string.Create(CultureInfo.InvariantCulture,
            $"{result.Batch} × {result.Length} tokens, {result.Machine.Threads} threads, {result.Rounds} rounds in turn"));
        Tables.Column(table, "model", right: false);
        foreach (var heading in (string[])["ms", "95 %", "tokens/s", "times as fast", "95 % of ratios", "cosine", "GFLOP/s", "GB/s"]) Tables.Column(table, heading);
        foreach (var row in result.Rows)
            Tables.Row(table, row.Name, Text.Number(row.Milliseconds, 2), Text.Number(row.Milliseconds95, 2), Text.Count((long)row.TokensPerSecond),
                Text.Number(row.Ratio, 2), $"{Text.Number(row.RatioLow, 2)} … {Text.Number(row.RatioHigh, 2)}",
                row.Agreement is { } cosine ? Text.Number(cosine, 4) : "",
                Rate(row.GigaflopsPerSecond, 1), Rate(row.GigabytesPerSecond, 2));
        if (result.Peaks is { } peaks)
            Tables.Row(table, "the machine's peak", "", "", "", "", "", "", Rate(peaks.GigaflopsPerSecond, 1), Rate(peaks.GigabytesPerSecond, 2));
        console.Write(table);
        SizesView.Line(console, $"{result.Machine.Processor}, {result.Machine.Cores} cores; the process held {Text.Bytes(result.PeakMemoryBytes)} at most.");
        SizesView.Line(console, "GFLOP/s counts the model's products, GB/s each weight that a run needs once.");
        if (result.Peaks is { } measured) SizesView.Line(console, $"Peaks: {measured.Method}.");
    }

    static string Rate(double? value, int digits) => value is { } rate ? Text.Number(rate, digits) : "";
}
