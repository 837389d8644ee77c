// README: begin
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Checkpoints.Tokenization;
using FFSplit.Compression.Calibration;
using FFSplit.Compression.Methods;
using FFSplit.Compression.Plans;
using FFSplit.Compression.Splitting;
using FFSplit.Compression.Statistics;
using FFSplit.Evaluation.Samples;
using FFSplit.Modeling;

static class FirstSplit
{
    /// <summary>Compresses a sentence encoder and gives the vector of a sentence.</summary>
    public static float[] Compress(string model, string sentences, string output)
    {
        using var dense = Checkpoint.Open(model);
        var text = CalibrationSet.Load(dense, TextTokenizer.Load(model), new CalibrationOptions { Data = new DataOptions { Path = sentences } });
        var (statistics, _) = StatisticsRun.Collect(dense, text.Batches, text.Description, seed: 0, memoryLimit: 1L << 30);
        var plan = Planner.Plan(dense, statistics, new PlanOptions { Method = "paper", Sizes = new SplitSizes(Heavy: 0.25, Rank: 0.10) });
        SplitWriter.Write(dense, plan, output, type: null, force: false);

        using var split = LoadedModel.Load(output);
        var batch = BatchBuilder.Build(split.Tokenizer, [new TextInput("A ship came home.")], maxLength: 32)[0].Batch;
        return split.Model.Run(batch, ModelOutputs.SentenceEmbedding).SentenceEmbedding!.Values;
    }
}
// README: end
