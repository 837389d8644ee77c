using FFSplit.Compression.Jobs;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>What a quantisation cost, layer by layer and by bits.</summary>
static class QuantizationView
{
    public static void Write(IAnsiConsole console, QuantizationResult result)
    {
        SizesView.Line(console, "Quantisation: error of the products on the held-out tokens, as a part of their energy, mean over the matrices");
        var table = Tables.New();
        foreach (var heading in (string[])["layer", "bits", "matrices", "nearest codes", "as stored"]) Tables.Column(table, heading);
        foreach (var group in result.Matrices.GroupBy(m => (m.Layer, m.Bits)))
            Tables.Row(table, $"{group.Key.Layer}", $"{group.Key.Bits}", $"{group.Count()}", $"{group.Average(m => m.Nearest):G3}",
                $"{group.Average(m => m.Kept ? m.Feedback : m.Nearest):G3}");
        console.Write(table);
        var bits = result.Bits;
        SizesView.Line(console, $"{result.Output}: {result.Model} with {bits.Heavy} bits for heavy neurons, {bits.Light} for the light part, "
            + $"{bits.Attention} for attention; weight files {Text.Bytes(result.FileBytes.Before)} → {Text.Bytes(result.FileBytes.After)}, in "
            + $"{Text.Duration(result.Seconds)}, peak memory {Text.Bytes(result.PeakMemoryBytes)}.");
        SizesView.Line(console, "Pack it for ONNX Runtime: ffsplit export FOLDER --precision mixed -o OUT");
    }
}
