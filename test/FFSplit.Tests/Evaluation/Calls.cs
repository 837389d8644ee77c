using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Samples;
using FFSplit.Evaluation.Tasks;

namespace FFSplit.Tests.Evaluation;

/// <summary>The library's calls with the running test's cancellation token.</summary>
static class Calls
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static SampleSet Read(DataOptions options) => SampleReader.Read(options, Cancel);

    public static JoinedText ReadText(DataOptions options) => SampleReader.ReadText(options, Cancel);

    public static StsBenchmarkTask StsBenchmark(DataOptions data) => new(new TaskOptions { Data = data }, Cancel);

    public static EvaluationResult Judge(this IEvaluationTask task, EvaluatedModel model, IProgress<ProgressReport>? progress = null) =>
        task.Evaluate(model, progress, Cancel);

    public static IReadOnlyList<IndexedBatch> Build(WordTokenizer tokenizer, TextInput[] inputs, int maxLength) =>
        BatchBuilder.Build(tokenizer, inputs, maxLength, cancel: Cancel);
}
