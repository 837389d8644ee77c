using FFSplit.Checkpoints.Inspection;
using Spectre.Console;

namespace FFSplit.Cli.Rendering;

/// <summary>An inspection on the terminal.</summary>
static class InspectionView
{
    const int BarWidth = 24;

    public static void Write(IAnsiConsole console, InspectionReport report)
    {
        Facts(console, report);
        Shares(console, "parameters", report.Parameters.Total, Text.Count,
        [
            ("token table", report.Parameters.TokenTable),
                ("other embeddings", report.Parameters.Embeddings - report.Parameters.TokenTable),
            ("attention", report.Parameters.Attention), ("FFN", report.Parameters.FeedForward), ("norms", report.Parameters.Norms),
                ("head and final norm", report.Parameters.Head),
        ]);
        Shares(console, "on disk", report.Bytes.Files, Text.Bytes,
        [
            ("token table", report.Bytes.TokenTable), ("other embeddings", report.Bytes.OtherEmbeddings),
                ("attention", report.Bytes.Attention), ("FFN", report.Bytes.FeedForward),
            ("norms", report.Bytes.Norms), ("head and final norm", report.Bytes.Head), ("passed over", report.Bytes.Leftovers),
                ("headers", report.Bytes.Overhead),
        ]);
        Layers(console, report);
        Passed(console, "Tensors passed over", report.PassedOverTensors);
        Passed(console, "Tensors that repeat another", report.RepeatedTensors);
        Passed(console, "Config keys passed over", report.PassedOverConfig.Except(report.AllowedConfig));
        Passed(console, "Config keys let through (--allow-config)", report.AllowedConfig);
    }

    static void Facts(IAnsiConsole console, InspectionReport report)
    {
        var table = Tables.New();
        Tables.Column(table, "model", right: false);
        Tables.Column(table, Path.GetFileName(report.Folder), right: false);
        Tables.Row(table, "family", $"{report.ModelType}{(report.Split ? ", split by FFSplit" : ", dense")}");
        Tables.Row(table, "head", report.Head);
        Tables.Row(table, "blocks", $"{report.Blocks}, hidden size {report.HiddenSize}, intermediate size {report.IntermediateSize}");
        Tables.Row(table, "attention",
            $"{report.Heads} heads of "
                + $"{report.HeadSize}{(report.KeyValueHeads == report.Heads ? "" : $", {report.KeyValueHeads} for keys and values")}, "
                + $"{(report.Causal ? "causal" : "both ways")}");
        Tables.Row(table, "FFN",
            $"{report.Activation}{(report.Gated ? ", gated" : "")}, {Text.Percent(report.FeedForwardShareOfBlocks)} of the blocks' "
                + $"parameters, {Text.Percent(report.FeedForwardShareOfModel)} of the model's");
        Tables.Row(table, "token table", $"{Text.Count(report.VocabularyRows)} rows");
        Tables.Row(table, "longest sequence", $"{Text.Count(report.MaximumLength)} tokens");
        if (report.SentencePooling is { } pooling)
            Tables.Row(table, "sentence vector",
                $"{string.Join(" + ", pooling.Modes)}{(pooling.Normalize ? ", normalised" : "")}"
                + $"{(pooling.MaxLength is { } most ? $", at most {most} tokens" : "")}"
                + $"{(pooling.LowerCase ? ", lower case" : "")}{(pooling.Prompt.Length > 0 ? $", prompt '{pooling.Prompt}'" : "")}");
        Tables.Row(table, "parameters", $"{Text.Count(report.Parameters.Total)}, of which blocks {Text.Count(report.Parameters.Blocks)}");
        Tables.Row(table, "linear MACs a token",
            $"{Text.Count(report.Parameters.MultiplyAccumulatesPerToken)}, of which FFN "
                + $"{Text.Count(report.FeedForwardMultiplyAccumulatesPerToken)}");
        Tables.Row(table, "weights",
            $"{Text.Bytes(report.Bytes.Files)} in {string.Join(", ", report.WeightFiles)} "
                + $"({string.Join(", ", report.BytesByType.Select(t => $"{t.Key} {Text.Bytes(t.Value)}"))})");
        console.Write(table);
    }

    static void Shares(IAnsiConsole console, string heading, long total, Func<long, string> format, (string Name, long Value)[] parts)
    {
        var table = Tables.New();
        Tables.Column(table, heading, right: false);
        Tables.Column(table, "");
        Tables.Column(table, "share");
        Tables.Column(table, "", right: false);
        foreach (var (name, value) in parts.Where(p => p.Value > 0))
            Tables.Row(table, name, format(value), Text.Percent((double)value / total), Text.Bar((double)value / total, BarWidth));
        Tables.Row(table, "all", format(total), "", "");
        console.Write(table);
    }

    static void Layers(IAnsiConsole console, InspectionReport report)
    {
        var table = Tables.New();
        Tables.Column(table, "FFN of layers", right: false);
        foreach (var heading in (string[])["neurons", "heavy", "light", "rank", "parameters", "on disk", "MACs a token"])
            Tables.Column(table, heading);
        for (var i = 0; i < report.Layers.Count;)
        {
            var first = report.Layers[i];
            var end = i + 1;
            while (end < report.Layers.Count && report.Layers[end] with { Layer = first.Layer } == first) end++;
            Tables.Row(table, end == i + 1 ? $"{i}" : $"{i}–{end - 1}", Text.Count(first.Neurons), Text.Count(first.Heavy), first.Light,
                first.Rank == 0 ? "" : $"{first.Rank}",
                Text.Count(first.Parameters), Text.Bytes(first.Bytes), Text.Count(first.MultiplyAccumulatesPerToken));
            i = end;
        }
        console.Write(table);
    }

    static void Passed(IAnsiConsole console, string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        if (all.Length > 0) SizesView.Line(console, $"{what}: {string.Join(", ", all)}");
    }
}
