using System.Globalization;
using FFSplit.Experiments.Reports;
using FFSplit.Experiments.Running;

namespace FFSplit.Experiments.Comparing;

/// <summary>What a comparison says.</summary>
/// <param name="bench">With all measurements.</param>
/// <param name="contenders">Those compared.</param>
/// <param name="rate">The step size of the fine-tuning; null where nothing was trained.</param>
sealed class CompareReport(Workbench bench, IReadOnlyList<Contender> contenders, double? rate)
{
    readonly Tally _tally = bench.Tally;
    readonly string[] _stages = bench.Options.Epochs > 0 ? ["raw", "repaired", "tuned"] : ["raw", "repaired"];

    Subject Subject => bench.Subject;

    string Last => _stages[^1];

    public ExperimentFindings Findings()
    {
        string[] names = [.. contenders.Select(c => c.Name)];
        var title = $"Methods at equal size: {Subject.ModelName} on {bench.Options.Task}";
        return new ExperimentFindings(title, names.Contains("paper") ? Paragraph() : $"{Subject.Metric} of the dense model: {_tally.Main("dense")}.")
        {
            Tables = [.. Subject.ShownMetrics.Select(metric => new ReportTable(metric, ["model", "blocks", .. _stages, "loss"],
                [Dense(metric), .. names.Select(n => Row(n, metric))]))],
            Charts = [Chart(names)],
            Findings = names.Contains("paper") ? [.. names.Where(n => n != "paper").Select(Beats)] : [],
        };
    }

    string[] Dense(string metric) =>
        ["dense", Million(_tally.Of("dense", "block_parameters").Mean), $"{_tally.Of("dense", metric)}", .. _stages.Skip(1).Select(_ => ""), ""];

    string[] Row(string name, string metric)
    {
        var (size, left) = (_tally.Of("dense", "block_parameters").Mean, _tally.Of($"{name} repaired", "block_parameters").Mean);
        return [name, string.Create(CultureInfo.InvariantCulture, $"{Million(left)} (−{100 * (1 - left / size):F1} %)"),
            .. _stages.Select(s => Has(name, s) ? $"{_tally.Of($"{name} {s}", metric)}" : ""), $"{_tally.Loss($"{name} {Last}", metric)}"];
    }

    bool Has(string name, string stage) => stage != "raw" || !contenders.First(c => c.Name == name).NeedsRepair;

    Chart Chart(string[] names)
    {
        double[] x = [.. names.Select((_, i) => (double)i)];
        Series Of(string stage)
        {
            Statistic[] values = [.. names.Select(n => Has(n, stage) ? _tally.Main($"{n} {stage}") : new Statistic(double.NaN, null))];
            return new Series(stage, x, [.. values.Select(v => v.Mean)])
            {
                Spread = bench.Options.Seeds.Count > 1 ? [.. values.Select(v => v.Spread ?? 0)] : null,
            };
        }

        return new Chart("stages", $"{Subject.ModelName} on {bench.Options.Task}: {Subject.Metric} (dense {_tally.Main("dense")})", "",
            Subject.Metric, ChartKind.Bars, [.. _stages.Select(Of)])
        { XNames = names };
    }

    string Paragraph()
    {
        var (options, dense) = (bench.Options, _tally.Main("dense"));
        var best = contenders.GroupBy(c => Subject.Loss(dense.Mean, _tally.Main($"{c.Name} {Last}").Mean), c => c.Name).MinBy(g => g.Key)!;
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{Subject.Metric} of the dense model: {dense}. The paper's split (heavy {options.Sizes.Heavy}, rank {options.Sizes.Rank}) reaches ")
            + $"{_tally.Main("paper raw")} as it is and {_tally.Main("paper repaired")} after the closed-form repair"
            + (options.Epochs > 0 ? $", {_tally.Main("paper tuned")} after fine-tuning" : "")
            + $": a loss of {_tally.Loss($"paper {Last}", Subject.Metric)}. The best of the small models at the end is {string.Join(" and ", best)}.";
        var rates = options.TunedLearningRates is { Count: > 0 } own ? own : options.LearningRates;
        return options.Epochs == 0 ? text : text + string.Create(CultureInfo.InvariantCulture,
            $" Tuned: from the repaired model, {options.TrainingLength} with the dense model as teacher, learning rate {rate:0.#e-0}")
            + (rates.Count == 1 ? "" : " (of " + string.Join(", ", rates.Select(r => r.ToString("0.#e-0", CultureInfo.InvariantCulture)))
                + ", chosen on a tenth of train set aside)")
            + (options.TrainSamples is { } samples ? string.Create(CultureInfo.InvariantCulture, $"; {samples:N0} training samples.") : ".");
    }

    Finding Beats(string other)
    {
        var (own, theirs) = (_tally.Main($"paper {Last}"), _tally.Main($"{other} {Last}"));
        if (other == Contender.LinearLight)
            return new Finding("At equal size a linear light part beside neurons chosen by output norm beats the paper's split",
                _tally.Holds(of => Subject.Loss(of($"{other} {Last}"), of($"paper {Last}"))),
                $"{Subject.ModelName}, {bench.Options.Task}, {Last}: {theirs} against {own}");
        var depth = other.EndsWith("layers", StringComparison.Ordinal);
        var claim = depth ? "At about equal size the paper's split beats a model with whole layers dropped"
            : $"At equal size the paper's split beats {(other == "vanilla" ? "plain low rank (vanilla)" : "pruning (prune-light)")}";
        return new Finding(claim, _tally.Holds(of => Subject.Loss(of($"paper {Last}"), of($"{other} {Last}"))),
            $"{Subject.ModelName}, {bench.Options.Task}, {Last}: {own} against {theirs}{(depth ? $" ({other})" : "")}");
    }

    static string Million(double parameters) => string.Create(CultureInfo.InvariantCulture, $"{parameters / 1e6:F2} M");
}
