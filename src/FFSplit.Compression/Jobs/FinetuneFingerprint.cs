using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Modeling.Training;
using FFSplit.Modeling.Training.Objectives;
using static TorchSharp.torch;

namespace FFSplit.Compression.Jobs;

/// <summary>All that decides a run's weights, by the names of options: a run goes on only where each is as it was.</summary>
static class FinetuneFingerprint
{
    public static Dictionary<string, string> Of(FinetuneOptions options, Checkpoint checkpoint, Checkpoint? teacher, FinetuneData data,
        ScalarType compute)
    {
        var result = OptionTexts(options);
        result["MODEL"] = checkpoint.Weights.Hash;
        result["--teacher"] = teacher?.Weights.Hash ?? "none";
        result["--data (as --text, --max-samples and --seed take it)"] = $"{data.Examples.Count} examples ({data.Hash()})";
        result["--compute"] = compute.ToString();
        result["--threads"] = Text(get_num_threads());
        return result;
    }

    /// <summary>The options that decide the result.</summary>
    public static Dictionary<string, string> OptionTexts(FinetuneOptions options)
    {
        var (t, d) = (options.ChosenTraining, options.Training.Distillation);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["--task"] = options.Task,
            ["--epochs"] = Text(t.Epochs),
            ["--max-steps"] = Text(t.MaxSteps),
            ["--batch-size"] = Text(t.BatchSize),
            ["--accumulate"] = Text(t.Accumulate),
            ["--learning-rate"] = Text(t.LearningRate),
            ["--schedule"] = t.Schedule == ScheduleKind.Linear ? "linear" : "cosine",
            ["--warm-up"] = Text(t.WarmUp),
            ["--weight-decay"] = Text(t.WeightDecay),
            ["--clip"] = Text(t.ClipNorm),
            ["--dropout"] = Text(t.Dropout),
            ["--train"] = t.Part == TrainedPart.All ? "all" : "ffn",
            ["--validation-share"] = Text(t.ValidationShare),
            ["--validate-every"] = Text(t.ValidateEvery),
            ["--patience"] = Text(t.Patience),
            ["--metric"] = t.Metric ?? "none",
            ["--task-weight"] = Text(d.Task),
            ["--logits-weight"] = Text(d.Logits),
            ["--hidden-weight"] = Text(d.Hidden),
            ["--temperature"] = Text(d.Temperature),
            ["--similarity-loss"] = options.ChosenSimilarityLoss == SimilarityLoss.CoSent ? "cosent" : "mse",
            ["--seed"] = Text(t.Seed),
        };
    }

    static string Text<T>(T value) => value is null ? "none" : string.Create(CultureInfo.InvariantCulture, $"{value}");
}
