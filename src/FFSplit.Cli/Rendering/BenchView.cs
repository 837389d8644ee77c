using FFSplit.Experiments.Benching;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>Times side by side.</summary>
static class BenchView
{
    public static void Write(IAnsiConsole console, BenchResult result)
    {
        var table = Tables.New(Title(result));
        Tables.Column(table, "model", right: false);
        string[] headings =
            ["ms", "95 %", "tokens/s", "times as fast", "95 % of ratios", "cosine", .. Cache(result, "without cache"), "GFLOP/s", "GB/s"];
        foreach (var heading in headings) Tables.Column(table, heading);
        foreach (var row in result.Rows)
            Tables.Row(table, [row.Name, Text.Number(row.Milliseconds, 2), Text.Number(row.Milliseconds95, 2),
                Text.Count((long)row.TokensPerSecond), Text.Number(row.Ratio, 2),
                $"{Text.Number(row.RatioLow, 2)} … {Text.Number(row.RatioHigh, 2)}", Number(row.Agreement, 4),
                .. Cache(result, Number(row.CacheAgreement, 4)), Number(row.GigaflopsPerSecond, 1), Number(row.GigabytesPerSecond, 2)]);
        if (result.Peaks is { } peaks)
            Tables.Row(table, ["the machine's peak", "", "", "", "", "", "", .. Cache(result, ""),
                Number(peaks.GigaflopsPerSecond, 1), Number(peaks.GigabytesPerSecond, 2)]);
        console.Write(table);
        SizesView.Line(console,
            $"{result.Machine.Processor}, {result.Machine.Cores} cores; the process held {Text.Bytes(result.PeakMemoryBytes)} at most.");
        SizesView.Line(console, "GFLOP/s counts the model's products, GB/s each weight that a run needs once, from memory or a cache.");
        if (result.Peaks is { } measured) SizesView.Line(console, $"Peaks: {measured.Method}.");
    }

    static string Title(BenchResult result)
    {
        var (each, round) = result.Decode ? ($"one token after {result.Length} and more", "tokens") : ($"{result.Length} tokens", "rounds");
        var threads = $"{result.Machine.Threads} thread{(result.Machine.Threads == 1 ? "" : "s")}{(result.Spinning ? " that spin" : "")}";
        return $"{result.Batch} × {each}, {threads}, {result.Rounds} {round} in turn";
    }

    static string[] Cache(BenchResult result, string cell) => result.Decode ? [cell] : [];

    static string Number(double? value, int digits) => value is { } number ? Text.Number(number, digits) : "";
}
