using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Runtime.Texts;

namespace FFSplit.Runtime;

/// <summary>Turns texts into vectors.</summary>
/// <param name="model">A sentence encoder; owned by the caller.</param>
/// <exception cref="BadInputException">The model gives no sentence embeddings.</exception>
public sealed class TextEmbedder(ExportedModel model)
{
    readonly BatchRunner _runner = Checked(model);

    /// <summary>The model.</summary>
    public ExportedModel Model => model;

    /// <summary>Length of a vector.</summary>
    public int Dimensions => model.Model.EmbeddingSize!.Value;

    /// <summary>The vector of a text.</summary>
    public float[] Embed(string text, CancellationToken cancellation = default) => Embed([text], cancellation).Vectors[0];

    /// <summary>The vectors of texts, in their order. A text has the same vector alone and among others, up to the last decimals.</summary>
    /// <exception cref="BadInputException">A text that is too long where that is refused.</exception>
    /// <exception cref="BadUsageException">No text at all.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="RuntimeBusyException">Too many calls wait.</exception>
    public (IReadOnlyList<float[]> Vectors, TextUsage Usage) Embed(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var vectors = new float[texts.Count][];
        var usage = _runner.Run([.. texts.Select(t => new TextInput(model.Preparation?.Apply(t) ?? t))], ModelOutputs.SentenceEmbedding,
            (i, _, row, output) => vectors[i] = BatchRunner.Row(output.SentenceEmbedding!, row), cancellation);
        return (vectors, usage);
    }

    /// <summary>The vectors of texts, as <see cref="Embed(IReadOnlyList{string}, CancellationToken)"/> gives them, without holding a thread while
    /// other calls are served: for services, where a hundred waiting calls would else be a hundred blocked threads of the pool.</summary>
    /// <exception cref="BadInputException">A text that is too long where that is refused.</exception>
    /// <exception cref="BadUsageException">No text at all.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="RuntimeBusyException">Too many calls wait.</exception>
    public Task<(IReadOnlyList<float[]> Vectors, TextUsage Usage)> EmbedAsync(IReadOnlyList<string> texts, CancellationToken cancellation = default)
        => model.InTurnAsync(() => Embed(texts, cancellation), cancellation);

    static BatchRunner Checked(ExportedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Require(ModelOutputs.SentenceEmbedding, "embedding");
        return new BatchRunner(model);
    }
}
