using System.Text.Json;
using FFSplit.Checkpoints;
using FFSplit.Evaluation;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

public class ComparisonTests
{
    static EvaluationResult Result(double value, bool higherIsBetter = true, string task = "sts-b") => new()
    {
        Model = $"model {value}",
        Task = task,
        Metric = "metric",
        Value = value,
        HigherIsBetter = higherIsBetter,
        Metrics = new Dictionary<string, double> { ["metric"] = value, ["other"] = 0.1 },
        Samples = 1500,
        Tokens = 30_000,
        Seconds = 1.26,
        Notices = ["said"],
    };

    static bool[] Checks(bool higherIsBetter, double? maxDrop, params double[] values) =>
        [.. Comparison.Of([.. values.Select(v => Result(v, higherIsBetter))], maxDrop).Models.Select(m => m.Passed)];

    [Fact]
    public void A_later_model_may_be_worse_by_the_bound_and_no_more()
    {
        Assert.Equal([true, true, false, true], Checks(true, 0.5, 86.5, 86, 85.75, 90));
        Assert.Equal([true, true, false, true], Checks(false, 0.5, 42, 42.5, 42.75, 30));
        Assert.Equal([true, true, false], Checks(true, 0, 1, 1, 0.5));
    }

    [Fact]
    public void The_drop_follows_the_metrics_direction()
    {
        Assert.Equal([0, 4.5, -1], Comparison.Of([Result(86), Result(81.5), Result(87)]).Models.Select(m => m.Drop));
        Assert.Equal([0, 153, -2], Comparison.Of([Result(42, false), Result(195, false), Result(40, false)]).Models.Select(m => m.Drop));
    }

    [Fact]
    public void NaN_never_passes()
    {
        Assert.Equal([true, false, true], Checks(true, 0.5, 1, double.NaN, 1));
        Assert.Equal([true, false], Checks(false, null, 1, double.NaN));
        Assert.Equal([false, false], Checks(true, 1e9, double.NaN, 1));
        Assert.Equal([true, false], Checks(false, 1e9, 1, double.PositiveInfinity));
        Assert.False(Comparison.Of([Result(1), Result(double.NaN)], 1).Passed);
    }

    [Fact]
    public void Without_a_bound_any_number_passes() => Assert.True(Comparison.Of([Result(86), Result(1)]).Passed);

    [Fact]
    public void What_cannot_be_compared_is_refused()
    {
        Assert.Throws<BadUsageException>(() => Comparison.Of([Result(1)], -0.1));
        Assert.Throws<BadUsageException>(() => Comparison.Of([Result(1)], double.NaN));
        Assert.Throws<ArgumentException>(() => Comparison.Of([]));
        Assert.Throws<ArgumentException>(() => Comparison.Of([Result(1), Result(1, task: "other")]));
    }

    [Fact]
    public void The_table_shows_every_model_with_its_metrics_and_its_drop()
    {
        var table = ComparisonTable.Of(Comparison.Of([Result(86.7191), Result(81.5)], 0.5));
        Assert.Equal(["model", "metric", "other", "drop", "check", "samples", "tokens", "seconds"], table.Columns);
        Assert.Equal(["model 86.7191", "86.7191", "0.1000", "", "passed", "1,500", "30,000", "1.3"], table.Rows[0]);
        Assert.Equal(["model 81.5", "81.5000", "0.1000", "5.2191", "failed", "1,500", "30,000", "1.3"], table.Rows[1]);
        Assert.DoesNotContain("check", ComparisonTable.Of(Comparison.Of([Result(1)])).Columns);
    }

    [Fact]
    public void JSON_gives_back_the_same_bits_and_says_NaN()
    {
        double[] values = [0.1 + 0.2, 86.71999999999998, double.NaN, 1e-300];
        var comparison = Comparison.Of([.. values.Select(v => Result(v))], 0.3);
        var json = JsonSerializer.Serialize(comparison, EvaluationJson.Default.Comparison);
        var back = JsonSerializer.Deserialize(json, EvaluationJson.Default.Comparison)!;
        Assert.Equal(
            values.Select(BitConverter.DoubleToInt64Bits), back.Models.Select(m => BitConverter.DoubleToInt64Bits(m.Result.Value)));
        Assert.Equal(values, back.Models.Select(m => m.Result.Metrics["metric"]));
        Assert.Equal(comparison.Models.Select(m => (m.Drop, m.Passed)), back.Models.Select(m => (m.Drop, m.Passed)));
        Assert.Equal((comparison.MaxDrop, comparison.Passed, comparison.Task), (back.MaxDrop, back.Passed, back.Task));
        Assert.Equal(["said"], back.Models[0].Result.Notices);
        Assert.Contains("\"higherIsBetter\": true", json);
        Assert.Contains("\"value\": \"NaN\"", json);
        Assert.Contains("\"metric\": 0.30000000000000004", json);
    }

    [Fact]
    public void Results_are_written_the_same_way_by_anybodys_options()
    {
        var json = JsonSerializer.Serialize(Result(double.NaN));
        Assert.Equal(double.NaN, JsonSerializer.Deserialize<EvaluationResult>(json)!.Metrics["metric"]);
    }
}
