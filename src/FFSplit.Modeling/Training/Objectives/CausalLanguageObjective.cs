using FFSplit.Checkpoints.Architectures;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Objectives;

/// <summary>The next token after every token of a window.</summary>
public sealed class CausalLanguageObjective(Padding padding) : IObjective
{
    /// <summary>Its name.</summary>
    public const string TaskName = "causal-lm";

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public int DefaultBatchSize => 8;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, bool HigherIsBetter)> Metrics => LanguageModelOutputs.Metrics;

    /// <inheritdoc/>
    public bool Distribution => true;

    /// <inheritdoc/>
    public IEnumerable<WeightBinding> Used(Architecture architecture) => architecture.Bindings;

    /// <inheritdoc/>
    public TaskBatch Batch(IReadOnlyList<Example> examples, long seed)
    {
        var batch = padding.Pack([.. examples.Select(e => e.Text)]);
        var (positions, targets) = (new List<long>(), new List<double>());
        for (var row = 0; row < batch.Rows; row++)
            for (var t = 1; t < examples[row].Text.Ids.Length; t++)
            {
                positions.Add((long)row * batch.Length + t - 1);
                targets.Add(examples[row].Text.Ids[t]);
            }
        return new TaskBatch(batch, [.. targets], [.. positions]);
    }

    /// <inheritdoc/>
    public Tensor Outputs(ModelPass pass, TaskBatch batch) => LanguageModelOutputs.Logits(pass, batch);

    /// <inheritdoc/>
    public Tensor Loss(Tensor outputs, TaskBatch batch) => LanguageModelOutputs.Loss(outputs, batch);

    /// <inheritdoc/>
    public IEnumerable<double[]> Remember(Tensor outputs) => [];

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Judge(IReadOnlyList<double[]> remembered, IReadOnlyList<double> targets, double meanLoss)
        => LanguageModelOutputs.Perplexity(meanLoss);
}
