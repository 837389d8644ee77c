using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Evaluation.Tasks;
using FFSplit.Experiments.Timing;

namespace FFSplit.Experiments.Benching;

/// <summary>One batch, whole, again and again.</summary>
sealed class BatchTurns : BenchTurns
{
    readonly Batch _batch;
    readonly List<ModelOutput> _outputs;

    /// <summary>Runs each model once.</summary>
    public BatchTurns(IReadOnlyList<EvaluatedModel> models, int rows, int length)
    {
        _batch = RandomBatch.Of(rows, length, models.Min(m => m.Tokenizer.VocabularySize));
        _outputs = [.. models.Select(m => m.Model.Run(_batch, Cheapest(m)))];
        Actions = [.. models.Select(m => (Action)(() => m.Model.Run(_batch, Cheapest(m))))];
    }

    public override IReadOnlyList<Action> Actions { get; }

    public override long Tokens => _batch.TokenCount;

    public override long MultiplyAccumulates(RunCounts counts) => counts.MultiplyAccumulates(_batch.Rows, _batch.Length, _batch.Length);

    public override double? Agreement(int model)
    {
        var (first, second) = (Main(_outputs[0]), Main(_outputs[model]));
        return first is null || second is null || !first.Shape.SequenceEqual(second.Shape) ? null
            : MeanCosine(first.Values, second.Values, (int)first.Shape[^1]);
    }

    public override double? CacheAgreement(int model) => null;

    /// <inheritdoc/>
    public override void Dispose() { }

    static DenseArray? Main(ModelOutput output) => output.SentenceEmbedding ?? output.Logits ?? output.LastHiddenState;

    // What an application would ask for, and no more: whole vocabularies of logits would be copied.
    static ModelOutputs Cheapest(EvaluatedModel model)
        => model.Model.Available.HasFlag(ModelOutputs.SentenceEmbedding) ? ModelOutputs.SentenceEmbedding
            : model.Model.Available.HasFlag(ModelOutputs.Logits) ? ModelOutputs.Logits : ModelOutputs.LastHiddenState;
}
