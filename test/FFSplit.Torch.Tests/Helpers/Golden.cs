using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Statistics;
using FFSplit.Modeling;
using FFSplit.Torch.Tests.Goldens;

namespace FFSplit.Torch.Tests.Helpers;

/// <summary>Golden folders as material for compression: one of each kind of FFN and dialect.</summary>
static class Golden
{
    public static readonly string[] Families =
    [
        "bert-mlm-hub", "roberta-classifier", "distilbert-classifier", "mpnet-model", "electra-classifier", "opt-lm-bin-sharded", "gpt2-lm-hub",
        "gpt-neo-lm", "gpt-neox-lm", "llama-lm-hub", "qwen2-lm", "mistral-lm",
    ];

    public static TheoryData<string> Data() => [.. Families];

    public static Batch Batch(string folder)
    {
        using var reference = new Reference(folder);
        return reference.Batch;
    }

    public static NeuronStatistics Statistics(Checkpoint checkpoint, params Batch[] batches)
        => StatisticsRun.Collect(checkpoint, batches, "golden", 0, 1L << 30).Statistics;

    /// <summary>The main output (logits where there are any, else the last hidden state) at real tokens.</summary>
    public static float[] Output(string folder, Batch batch)
    {
        using var checkpoint = Checkpoint.Open(folder);
        using var model = new TorchModel(checkpoint);
        var wanted = model.Available.HasFlag(ModelOutputs.Logits) ? ModelOutputs.Logits : ModelOutputs.LastHiddenState;
        var output = model.Run(batch, wanted);
        var array = output.Logits ?? output.LastHiddenState!;
        if (array.Shape.Count < 3) return array.Values;
        var width = (int)array.Shape[2];
        return [.. array.Values.Where((_, i) => batch.AttentionMask[i / width] != 0)];
    }

    public static CompressionPlan Plan(Checkpoint checkpoint, Batch batch, PlanOptions options) => Planner.Plan(checkpoint, Statistics(checkpoint, batch), options);

    /// <summary>Holds two outputs together within a part of the first one's range; NaN fails.</summary>
    public static void Same(float[] expected, float[] actual, double partOfRange = 1e-5)
    {
        Assert.Equal(expected.Length, actual.Length);
        var range = expected.Max() - expected.Min();
        var worst = expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max();
        Assert.True(worst <= partOfRange * range, $"largest difference {worst}, allowed {partOfRange * range}");
    }
}
