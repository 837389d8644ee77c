using System.Globalization;
using FFSplit.Compression.Jobs;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>What a training run came to.</summary>
static class FinetuneView
{
    public static void Write(IAnsiConsole console, FinetuneResult result)
    {
        var training = result.Training;
        if (training.Judgements is [var first, ..])
        {
            string[] names = [.. first.Metrics.Keys];
            var table = Tables.New();
            Tables.Column(table, "step");
            foreach (var name in names) Tables.Column(table, name);
            Tables.Column(table, "", right: false);
            foreach (var judgement in training.Judgements)
                Tables.Row(table, [Text.Count(judgement.Step), .. names.Select(n => Text.Number(judgement.Metrics[n], 4)),
                    judgement.Step == training.BestStep ? "kept" : ""]);
            if (result.Written is { } written) Tables.Row(table, ["as stored", .. names.Select(n => Text.Number(written[n], 4)), ""]);
            console.Write(table);
        }
        var loss = training.Losses.Count > 0 ? string.Create(CultureInfo.InvariantCulture,
            $"loss {training.Losses[0]:F4} at first, {training.Losses[^1]:F4} at last, ") : "";
        var early = training.StoppedEarly ? ", stopped early" : "";
        SizesView.Line(console, $"{Text.Count(training.Steps)} steps ({Text.Number(training.Epochs, 1)} epochs{early}), {loss}"
            + $"{Text.Count(training.TrainedParameters)} parameters trained, {Text.Count((long)training.TokensPerSecond)} tokens/s in {result.Compute}, {Text.Duration(training.Seconds)}.");
        SizesView.Line(console, $"Written to {result.Output}.");
    }
}
