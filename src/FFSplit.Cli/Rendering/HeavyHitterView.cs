using FFSplit.Compression.Analysis;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>An analysis on the terminal: tables, small charts, and what they say.</summary>
static class HeavyHitterView
{
    const int WideChart = 24, NarrowChart = 12, BarWidth = 20;

    public static void Write(IAnsiConsole console, HeavyHitterReport report)
    {
        SizesView.Line(console, $"{report.Model} ({report.ModelType}) on {report.Data}: {Text.Count(report.Tokens)} tokens");
        Energy(console, report);
        Sparsity(console, report);
        Feed(console, report);
        var share = report.Layers.Average(HeavyHeld);
        SizesView.Line(console,
            $"The heavy {Text.Whole(report.HeavyShare)} of the neurons hold {Text.Percent(share)} of the energy Σ h² on average (even "
                + $"shares would be {Text.Whole(report.HeavyShare)}); "
            + $"a neuron is active on {Text.Percent(report.Layers.Average(l => l.ActiveShare))} of the tokens. These are two different "
            + $"things.");
        SizesView.Line(console, $"Heavy sets compared with {report.ComparedWith}.");

        double HeavyHeld(LayerReport layer)
        {
            var heavy = (int)Math.Round(report.HeavyShare * layer.Neurons, MidpointRounding.AwayFromZero);
            var all = layer.SortedNorms.Sum(n => n * n);
            return all > 0 ? layer.SortedNorms.Take(heavy).Sum(n => n * n) / all : 0;
        }
    }

    static void Energy(IAnsiConsole console, HeavyHitterReport report)
    {
        SizesView.Line(console, "");
        SizesView.Line(console,
            $"Energy Σ h²: what the top neurons hold in %, how few of {Text.Count(report.Layers[0].Neurons)} hold half and nine tenths of "
                + $"it; last, the top 25 % when weighted by ‖V_j‖²");
        var table = Tables.New();
        Tables.Column(table, "layer");
        // A chart that gives way would be two lines of nonsense.
        Tables.Column(table, "norms, log");
        foreach (var top in report.Layers[0].Energy) Tables.Column(table, $"top\n{Text.Whole(top.Top)}");
        foreach (var heading in (string[])["hold\n50 %", "hold\n90 %", "· ‖V‖²\n25 %"]) Tables.Column(table, heading);
        foreach (var layer in report.Layers)
            Tables.Row(table,
            [
                $"{layer.Layer}", Text.Sparkline(layer.SortedNorms, IsNarrow(console) ? NarrowChart : WideChart),
                    .. layer.Energy.Select(e => Text.Hundredths(e.Share)),
                Text.Count(layer.NeuronsForHalf), Text.Count(layer.NeuronsForNineTenths),
                    Text.Hundredths(layer.OutputEnergy.First(e => e.Top == 0.25).Share),
            ]);
        console.Write(table);
    }

    static void Sparsity(IAnsiConsole console, HeavyHitterReport report)
    {
        SizesView.Line(console,
            "Activation sparsity beside heavy hitters: in % of the tokens, active, and in the token's own top 25 %; then how stable the "
                + "heavy set is");
        var bars = !IsNarrow(console);
        var table = Tables.New();
        Tables.Column(table, "layer");
        foreach (var heading in (string[])["active", "heavy\nactive", "heavy\nin top", "light\nin top", "in top of\n90 %", "Jaccard",
            "rank\ncorr."])
            Tables.Column(table, heading);
        if (bars) Tables.Column(table, "heavy in top");
        foreach (var layer in report.Layers)
        {
            string[] cells =
            [
                $"{layer.Layer}", Text.Hundredths(layer.ActiveShare), Text.Hundredths(layer.HeavyActiveShare),
                    Text.Hundredths(layer.HeavyInTopQuarter), Text.Hundredths(layer.LightInTopQuarter),
                Text.Hundredths(layer.AlwaysHeavy), Text.Number(layer.Jaccard, 3), Text.Number(layer.RankCorrelation, 3),
            ];
            Tables.Row(table, bars ? [.. cells, Text.Bar(layer.HeavyInTopQuarter, BarWidth)] : cells);
        }
        console.Write(table);
    }

    static bool IsNarrow(IAnsiConsole console) => console.Profile.Width < 100;

    static void Feed(IAnsiConsole console, HeavyHitterReport report)
    {
        SizesView.Line(console, "The FFNs' share");
        var table = Tables.New();
        Tables.Column(table, "of", right: false);
        Tables.Column(table, "share");
        Tables.Column(table, "", right: false);
        Row("the blocks' parameters", report.FeedForwardShareOfBlocks);
        Row("the model's parameters", report.FeedForwardShareOfModel);
        if (report.FeedForwardShareOfTime is { } time) Row("the measured time", time);
        console.Write(table);

        void Row(string name, double share) => Tables.Row(table, name, Text.Percent(share), Text.Bar(share, BarWidth));
    }
}
