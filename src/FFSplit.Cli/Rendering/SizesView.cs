using FFSplit.Compression.Jobs;
using FFSplit.Compression.Repair;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>What a split makes of a model, promised or reached.</summary>
static class SizesView
{
    /// <summary>Plain text, wrapped at the width of the terminal.</summary>
    public static void Line(IAnsiConsole console, string text) => console.WriteLine(text);

    public static void Write(IAnsiConsole console, CompressionEstimate estimate)
    {
        Line(console, $"Dry run for {estimate.Model}, method "
            + $"{estimate.Method}{(estimate.Importance is { } i ? $", neurons by {i}" : "")}: nothing is written.");
        WriteLayers(console, estimate.Sizes, withReasons: false);
        WriteChanges(console, estimate.Sizes, fileBytes: null);
        var table = Tables.New();
        Tables.Column(table, "would take", right: false);
        Tables.Column(table, "");
        Tables.Row(table, "disk",
            $"{Text.Bytes(estimate.OutputBytes)}{(estimate.FreeDiskBytes is { } free ? $" of {Text.Bytes(free)} free" : "")}");
        if (estimate.ScratchBytes > 0) Tables.Row(table, "other files, for a time", Text.Bytes(estimate.ScratchBytes));
        Tables.Row(table, "peak memory, about", Text.Bytes(estimate.PeakMemoryBytes));
        if (estimate.CalibrationSeconds > 0)
            Tables.Row(table, $"calibration on {Text.Count(estimate.CalibrationTokens)} tokens, about",
                Text.Duration(estimate.CalibrationSeconds));
        if (estimate.RepairSeconds > 0) Tables.Row(table, "repair, about", Text.Duration(estimate.RepairSeconds));
        Tables.Row(table, "splitting and writing, about", Text.Duration(estimate.SplitSeconds));
        console.Write(table);
        Line(console, estimate.Basis);
    }

    public static void Write(IAnsiConsole console, CompressionResult result)
    {
        WriteLayers(console, result.Sizes);
        WriteChanges(console, result.Sizes, result.FileBytes);
        Line(console, $"{result.Output}: {result.Model} by the method {result.Method}, in {Text.Duration(result.Seconds)}, peak memory "
            + $"{Text.Bytes(result.PeakMemoryBytes)}.");
        // Where nothing was held out nothing was repaired; a notice says so.
        var repairs = result.Repair?.Any(r => r is { HeldOutTokens: > 0 }) == true ? result.Repair : null;
        if (repairs is not null) WriteRepair(console, repairs);
        Line(console, (repairs is null ? "This is the raw split. " : "") + "Judge what it cost: ffsplit evaluate DENSE SPLIT --task … --data …");
    }

    static void WriteRepair(IAnsiConsole console, IReadOnlyList<LayerRepair?> repairs)
    {
        Line(console, "Repair: error of each FFN's output on the held-out tokens, as a part of its energy");
        var table = Tables.New();
        Tables.Column(table, "layer");
        foreach (var heading in (string[])["before", "after", "ridge"]) Tables.Column(table, heading);
        Tables.Column(table, "", right: false);
        for (var i = 0; i < repairs.Count; i++)
            if (repairs[i] is { } layer)
                Tables.Row(table, $"{i}", $"{layer.Before:F4}", $"{layer.After:F4}", layer.Kept ? $"{layer.Ridge:G2}" : "", layer.Kept ? "" : "stays raw");
        console.Write(table);
    }

    public static void WriteLayers(IAnsiConsole console, CompressionSizes sizes, bool withReasons = true)
    {
        var table = Tables.New();
        Tables.Column(table, "layers", right: false);
        foreach (var heading in (string[])["neurons", "heavy", "light", "rank", "FFN parameters", "change"]) Tables.Column(table, heading);
        if (withReasons) Tables.Column(table, "why", right: false);
        foreach (var group in Runs(sizes.Layers, withReasons))
        {
            var (first, last) = (group[0], group[^1]);
            List<string> cells =
            [
                first == last ? $"{first.Layer}" : $"{first.Layer}–{last.Layer}", Text.Count(first.Neurons), Text.Count(first.Heavy),
                    first.Light, first.Rank == 0 ? "" : $"{first.Rank}",
                $"{Text.Count(first.Parameters.Before)} → {Text.Count(first.Parameters.After)}", Text.Change(first.Parameters.Reduction),
            ];
            if (withReasons) cells.Add(first.Why);
            Tables.Row(table, [.. cells]);
        }
        console.Write(table);
    }

    public static void WriteChanges(IAnsiConsole console, CompressionSizes sizes, SizeChange? fileBytes)
    {
        var table = Tables.New();
        Tables.Column(table, "", right: false);
        foreach (var heading in (string[])["dense", "split", "change"]) Tables.Column(table, heading);
        Row("block parameters", sizes.BlockParameters, Text.Count);
        Row("model parameters", sizes.ModelParameters, Text.Count);
        Row("linear MACs a token", sizes.MultiplyAccumulates, Text.Count);
        Row(fileBytes is null ? "tensors on disk" : "weight files on disk", fileBytes ?? sizes.TensorBytes, Text.Bytes);
        console.Write(table);

        void Row(string name, SizeChange change, Func<long, string> format)
            => Tables.Row(table, name, format(change.Before), format(change.After), Text.Change(change.Reduction));
    }

    // Neighbours that differ in nothing but their index are one row.
    static List<List<LayerSizes>> Runs(IReadOnlyList<LayerSizes> layers, bool withReasons)
    {
        var runs = new List<List<LayerSizes>>();
        foreach (var layer in layers)
        {
            if (runs.Count > 0 && Key(runs[^1][0]) == Key(layer)) runs[^1].Add(layer);
            else runs.Add([layer]);
        }
        return runs;

        LayerSizes Key(LayerSizes layer) => layer with { Layer = 0, Why = withReasons ? layer.Why : "" };
    }
}
