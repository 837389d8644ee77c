using System.Globalization;
using FFSplit.Checkpoints;
using FFSplit.Checkpoints.Batches;
using FFSplit.Runtime.Texts;

namespace FFSplit.Runtime;

/// <summary>How likely a label is.</summary>
/// <param name="Name">As the folder calls it.</param>
/// <param name="Probability">Of all labels together 1.</param>
public readonly record struct LabelScore(string Name, float Probability);

/// <summary>Says which of its labels a text, or a pair of texts, most likely has; a model of one output scores instead.</summary>
/// <param name="model">A classifier; owned by the caller.</param>
/// <exception cref="BadInputException">The model is no classifier.</exception>
public sealed class TextClassifier(ExportedModel model)
{
    readonly BatchRunner _runner = Checked(model);

    /// <summary>All labels of each text, the likeliest first.</summary>
    /// <exception cref="BadInputException">A text that is too long where that is refused.</exception>
    /// <exception cref="BadUsageException">No text at all.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public (IReadOnlyList<IReadOnlyList<LabelScore>> Labels, TextUsage Usage) Classify(IReadOnlyList<TextInput> texts,
        CancellationToken cancellation = default)
    {
        var (logits, usage) = Logits(texts, cancellation);
        return ([.. logits.Select(Labelled)], usage);
    }

    /// <summary><see cref="Classify"/> without holding a thread while other calls are served.</summary>
    /// <exception cref="BadInputException">A text that is too long where that is refused.</exception>
    /// <exception cref="BadUsageException">No text at all.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <exception cref="RuntimeBusyException">Too many calls wait.</exception>
    public Task<(IReadOnlyList<IReadOnlyList<LabelScore>> Labels, TextUsage Usage)> ClassifyAsync(IReadOnlyList<TextInput> texts,
        CancellationToken cancellation = default)
        => model.InTurnAsync(() => Classify(texts, cancellation), cancellation);

    /// <summary>How well each text of a list answers a query: the single output of a reranker through the logistic function, 0 to 1.</summary>
    /// <exception cref="BadInputException">The model has several outputs.</exception>
    public (IReadOnlyList<float> Scores, TextUsage Usage) Score(string query, IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var (logits, usage) = Logits([.. texts.Select(t => new TextInput(query, t))], cancellation);
        if (logits[0].Length != 1)
            throw new BadInputException(model.Folder, "a model with one output (scoring pairs)", $"{logits[0].Length} outputs", "Use it to classify.");
        return ([.. logits.Select(row => 1 / (1 + MathF.Exp(-row[0])))], usage);
    }

    /// <summary><see cref="Score"/> without holding a thread while other calls are served.</summary>
    /// <exception cref="BadInputException">The model has several outputs.</exception>
    /// <exception cref="RuntimeBusyException">Too many calls wait.</exception>
    public Task<(IReadOnlyList<float> Scores, TextUsage Usage)> ScoreAsync(string query, IReadOnlyList<string> texts,
        CancellationToken cancellation = default)
        => model.InTurnAsync(() => Score(query, texts, cancellation), cancellation);

    /// <summary>The outputs themselves.</summary>
    public (IReadOnlyList<float[]> Logits, TextUsage Usage) Logits(IReadOnlyList<TextInput> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var logits = new float[texts.Count][];
        var usage = _runner.Run(texts, ModelOutputs.Logits, (i, _, row, output) => logits[i] = BatchRunner.Row(output.Logits!, row), cancellation);
        return (logits, usage);
    }

    IReadOnlyList<LabelScore> Labelled(float[] logits)
    {
        var largest = logits.Max();
        double[] weights = [.. logits.Select(l => Math.Exp(l - largest))];
        var sum = weights.Sum();
        return [.. weights.Select((w, i) => new LabelScore(
            model.Labels?.GetValueOrDefault(i) ?? string.Create(CultureInfo.InvariantCulture, $"LABEL_{i}"), (float)(w / sum)))
            .OrderByDescending(l => l.Probability)];
    }

    static BatchRunner Checked(ExportedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        model.Require(ModelOutputs.Logits, "classification");
        return model.Model.IsTokenLevel
            ? throw new BadInputException(model.Folder, "a classifier", "a language model", "Use it to fill masks or to generate.")
            : new BatchRunner(model);
    }
}
