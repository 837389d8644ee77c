using FFSplit.Checkpoints.Architectures;
using FFSplit.Evaluation.Metrics;
using FFSplit.Modeling.Interpreter;
using FFSplit.Modeling.Training.Data;
using FFSplit.Modeling.Training.Running;
using static TorchSharp.torch;

namespace FFSplit.Modeling.Training.Objectives;

/// <summary>A number for each text, by squared error.</summary>
public sealed class RegressionObjective(Padding padding) : IObjective
{
    /// <summary>Its name.</summary>
    public const string TaskName = "regression";

    /// <inheritdoc/>
    public string Name => TaskName;

    /// <inheritdoc/>
    public int DefaultBatchSize => 32;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, bool HigherIsBetter)> Metrics => [("spearman", true), ("pearson", true)];

    /// <inheritdoc/>
    public bool Distribution => false;

    /// <inheritdoc/>
    public IEnumerable<WeightBinding> Used(Architecture architecture) => architecture.Bindings;

    /// <inheritdoc/>
    public TaskBatch Batch(IReadOnlyList<Example> examples, long seed)
        => new(padding.Pack([.. examples.Select(e => e.Text)]), [.. examples.Select(e => e.Target)]);

    /// <inheritdoc/>
    public Tensor Outputs(ModelPass pass, TaskBatch batch)
        => Forward.ClassifierLogits((Head.Classifier)pass.Architecture.Head, pass.Weights, pass.Last, pass.Context);

    /// <inheritdoc/>
    public Tensor Loss(Tensor outputs, TaskBatch batch)
        => outputs.squeeze(1).Minus(tensor(Array.ConvertAll(batch.Targets, t => (float)t))).square().sum();

    /// <inheritdoc/>
    public IEnumerable<double[]> Remember(Tensor outputs)
        => outputs.contiguous().data<float>().ToArray().Select(value => new[] { (double)value });

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Judge(IReadOnlyList<double[]> remembered, IReadOnlyList<double> targets, double meanLoss)
        => Correlations(remembered, targets);

    internal static Dictionary<string, double> Correlations(IReadOnlyList<double[]> remembered, IReadOnlyList<double> targets)
    {
        double[] values = [.. remembered.Select(r => r[0])], truth = [.. targets];
        return new Dictionary<string, double>
        {
            ["spearman"] = 100 * Spearman.Correlation(values, truth),
            ["pearson"] = 100 * Pearson.Correlation(values, truth),
        };
    }
}
